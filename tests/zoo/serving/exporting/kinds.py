"""Small runs of every kind of target, with random weights."""

import dataclasses
import math

from pipelines.tasks.target import Target
from tests.zoo.prediction import networks
from zoo.targets.standardisation import ColumnStatistics, Standards

_SIGNS = Target(kind="multilabel", columns=("a", "b", "c"), classes=("A", "B", "C"))
_GRADE = Target(kind="ordinal", columns=("g",), classes=("G1", "G2", "G3"))
_SIZE = Target(kind="regression", columns=("mm", "ml"))
_FURTHER = (
    dataclasses.replace(_SIGNS, name="signs"),
    dataclasses.replace(_GRADE, name="grade"),
    dataclasses.replace(_SIZE, name="size"),
)
IN_UNITS = Standards(
    column_statistics=(
        ColumnStatistics(name="mm", mean=30.0, deviation=4.0),
        ColumnStatistics(name="ml", mean=1000.0, deviation=250.0),
    )
)
SETTINGS = {
    "classes": {},
    "labels": {"task": dataclasses.replace(networks.TASK, target=_SIGNS)},
    "grades": {"task": dataclasses.replace(networks.TASK, target=_GRADE)},
    "numbers": {
        "task": dataclasses.replace(networks.TASK, target=_SIZE),
        "standards": IN_UNITS,
    },
    "several": {
        "task": dataclasses.replace(networks.TASK, further_targets=_FURTHER),
        "standards": IN_UNITS,
    },
    "optional": {"task": networks.OPTIONAL},
    "covariates": {
        "task": networks.CLINICAL,
        "recipe": networks.SEES_COVARIATES,
        "standards": networks.STANDARDS,
    },
}


def records(kind):
    """Three records for the run of that kind, one of them without what may lack."""
    task = SETTINGS[kind].get("task", networks.TASK)
    given = [networks.voxels(seed) for seed in range(3)]
    presents, covariates = [(1, 1)] * 3, [()] * 3
    if kind == "optional":
        given[2][..., 1] = 0
        presents[2] = (1, 0)
    if kind == "covariates":  # weight, age, sex
        covariates = [(1.0, 61.0, 1.0), (2.0, 45.5, 0.0), (math.nan,) * 3]
    return [
        networks.record(volume, task, present=present, covariates=numbers)
        for volume, present, numbers in zip(given, presents, covariates)
    ]
