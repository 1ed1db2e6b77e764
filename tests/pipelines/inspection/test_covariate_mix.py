"""Covariates by group of a data set."""

import math
from dataclasses import replace

from pipelines.inspection.covariate_mix import CovariateOfGroup, covariates_by_group
from pipelines.records.data_set import read_manifest
from tests.pipelines.records.small import data_set, task

TASK = task(covariates=("age", "sex"), covariate_levels={"sex": ("F", "M")})


def test_numbers_and_levels_by_group(tmp_path):
    values = {"train": (60.0, 0.0), "validation": (math.nan, 1.0), "test": (70.0, 1.0)}
    rows = [
        replace(row, covariates=values[row.split])
        for row in read_manifest(data_set(tmp_path, TASK))
    ]
    rows[0] = replace(rows[0], covariates=(50.0, math.nan), split="test")
    found = covariates_by_group(rows, TASK)
    assert [*found["age"]] == ["test", "train", "validation"]
    age = found["age"]["test"]
    assert (age.samples, age.known, age.lowest, age.highest) == (3, 3, 50.0, 70.0)
    assert round(age.mean, 3) == 63.333
    assert found["age"]["validation"] == CovariateOfGroup(samples=3, known=0)
    assert found["sex"]["test"].levels == {"F": 0, "M": 2}
    assert found["sex"]["test"].known == 2
