"""Facts of data sets that are not there."""

import dataclasses

from zoo.planning.device import Device
from zoo.planning.fingerprint import Fingerprint

FACTS = Fingerprint(
    data="liver",
    shape=(28, 28, 28),
    spacing_mm=(1.0, 1.0, 1.0),
    channels=1,
    foreground="varied",
    kind="classification",
    further_targets=0,
    patients=200,
    samples=200,
    classes={
        "train": {"no": 120, "yes": 80},
        "validation": {"no": 60, "yes": 40},
        "test": {"no": 60, "yes": 40},
    },
    every_class_validates=True,
    split="fractions",
    folds=0,
    unlabelled=0,
    covariates=(),
    device=Device(gpu=False, memory_bytes=8 * 2**30),
)


def facts(**changes):
    return dataclasses.replace(FACTS, **changes)
