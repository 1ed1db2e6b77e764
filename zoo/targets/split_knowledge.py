"""Whether splits know enough of a target, kind by kind.

`values` are what the samples of the splits train, validation and test have of the
target, `[N, R]` by split, NaN = not known.
"""

from collections.abc import Mapping

import numpy as np

from pipelines.errors import DataError
from pipelines.tasks.target import Target

Values = Mapping[str, np.ndarray]
_CURE = (
    "Ingest with a split plan that gives it patients of each class (a larger share, "
    "fewer folds, or more patients)"
)
_OR_BY_LOSS = ", or choose the best epoch by --optimisation.monitor val_loss"


def of_classes(values: Values, target: Target, monitor: str) -> None:
    """Training wants every class.

    Of the main target validation wants at least two of its classes, every one if the
    AUC decides, and a test split, if there is one, at least two.

    Raises:
        DataError: which split lacks what, and what helps.
    """
    counts = {}
    for split, labels in values.items():
        known = labels[~np.isnan(labels)].astype(int)
        counts[split] = np.bincount(known, minlength=len(target.classes))
    _check_classes("train", counts["train"], target, every=True)
    if target.name:
        return
    every = monitor == "val_auc"
    _check_classes("validation", counts["validation"], target, every=every)
    if len(values["test"]):
        _check_classes("test", counts["test"], target, every=False)


def _check_classes(
    split: str, counts: np.ndarray, target: Target, *, every: bool
) -> None:
    present = int(np.count_nonzero(counts))
    if present == len(counts) or (present >= 2 and not every):
        return
    received = ", ".join(
        f"{number} of {name}" for name, number in zip(target.classes, counts)
    )
    wanted = "samples of every class" if every else "samples of two classes or more"
    cure = _CURE + (_OR_BY_LOSS if split == "validation" and present >= 2 else "")
    raise DataError(
        f"the {split} split wants {wanted}{_of(target)}. Received: {received}. {cure}"
    )


def of_labels(values: Values, target: Target, monitor: str) -> None:
    """Training wants samples with and without each label, validation of one label.

    Raises:
        DataError: which split lacks what, and what helps.
    """
    for split in ("train", "validation"):
        counts = np.stack(
            [(values[split] == value).sum(axis=0) for value in (0, 1)], axis=1
        )
        both = (counts > 0).all(axis=1)
        known = (counts > 0).any()
        enough = both.any() if monitor == "val_auc" else known
        if both.all() or split == "validation" and (enough or target.name):
            continue
        each = "each label" if split == "train" else "at least one label"
        received = ", ".join(
            f"{with_} with and {without} without {name}"
            for name, (without, with_) in zip(target.classes, counts)
        )
        cure = _CURE + (_OR_BY_LOSS if split == "validation" and known else "")
        raise DataError(
            f"the {split} split wants samples with and without "
            f"{each}{_of(target)}. Received: {received}. {cure}"
        )


def of_numbers(values: Values, target: Target, monitor: str) -> None:
    """Of the main target validation wants different numbers in every column.

    The training split is held to the same where the numbers are standardised.

    Raises:
        DataError: which column lacks what, and what helps.
    """
    if target.name:
        return
    for name, column in zip(target.columns, values["validation"].T):
        known = column[~np.isnan(column)]
        if len(np.unique(known)) < 2:
            raise DataError(
                f"the validation split wants different numbers of {name}. Received: "
                f"{len(known)} known, {len(np.unique(known))} different. Ingest with a "
                "split plan that gives it more patients"
            )


def _of(target: Target) -> str:
    return f" of the target {target.name}" if target.name else ""
