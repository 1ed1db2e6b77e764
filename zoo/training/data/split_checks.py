"""Whether a data set's splits can carry a training run: what they know of targets."""

from collections.abc import Sequence

import numpy as np

from pipelines.errors import DataError, UsageError
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.splits.roles import roles
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe
from zoo.targets.target_output import TargetOutput

SPLITS = ("train", "validation", "test")

_LEFT_OUT_UNSAID = 0.1  # share of the training samples
Targets = dict[str, np.ndarray]
_CURE = (
    "Ingest with a split plan that gives it patients of each class (a larger share, "
    "fewer folds, or more patients)"
)
_OR_BY_LOSS = ", or choose the best epoch by --optimisation.monitor val_loss"


def targets(data: DataSet, fold: str | None) -> Targets:
    """The numbers of all targets of every split's samples, NaN = not known, `[N, T]`.

    Raises:
        UsageError: a fold that the data set has not, or none where it has folds.
    """
    played = roles(data.groups, data.task.split, fold)
    size = data.task.target_size
    rows_of = {split: [] for split in SPLITS}
    for row in read_manifest(data):
        if played[row.group] in SPLITS:
            rows_of[played[row.group]].append(row.target or (np.nan,) * size)
    return {
        split: np.array(rows, np.float64).reshape(len(rows), size)
        for split, rows in rows_of.items()
    }


def check(
    targets: Targets, target_outputs: Sequence[TargetOutput], monitor: str
) -> None:
    """Holds the splits against what training, choosing and judging need.

    Training wants every class; of labels samples with and without each. By the main
    target the best epoch is chosen and the network is judged: validation wants at least
    two of its classes (every one if the AUC decides), or a label that some have and
    some have not, or different numbers; and a test split, if there is one, at least
    two classes.

    Raises:
        DataError: which split lacks what, and what helps.
    """
    for target_output in target_outputs:
        checks = {"multilabel": _check_labels, "regression": _check_numbers}
        checks.get(target_output.kind, _check_classes)(targets, target_output, monitor)


def _own(targets: Targets, split: str, target_output: TargetOutput) -> np.ndarray:
    return targets[split][
        :, target_output.offset : target_output.offset + target_output.target.size
    ]


def _check_classes(targets: Targets, target_output: TargetOutput, monitor: str) -> None:
    counts = {}
    for split in SPLITS:
        labels = _own(targets, split, target_output)
        known = labels[~np.isnan(labels)].astype(int)
        counts[split] = np.bincount(known, minlength=len(target_output.target.classes))
    _check_split("train", counts["train"], target_output, every=True)
    if target_output.target.name:
        return
    every = monitor == "val_auc"
    _check_split("validation", counts["validation"], target_output, every=every)
    if len(targets["test"]):
        _check_split("test", counts["test"], target_output, every=False)


def _check_split(
    split: str, counts: np.ndarray, target_output: TargetOutput, *, every: bool
) -> None:
    found = int(np.count_nonzero(counts))
    if found == len(counts) or (found >= 2 and not every):
        return
    received = ", ".join(
        f"{number} of {name}"
        for name, number in zip(target_output.target.classes, counts)
    )
    wanted = "samples of every class" if every else "samples of two classes or more"
    cure = _CURE + (_OR_BY_LOSS if split == "validation" and found >= 2 else "")
    raise DataError(
        f"the {split} split wants {wanted}{_of(target_output)}. "
        f"Received: {received}. {cure}"
    )


def _check_labels(targets: Targets, target_output: TargetOutput, monitor: str) -> None:
    for split in ("train", "validation"):
        own = _own(targets, split, target_output)
        counts = np.stack([(own == value).sum(axis=0) for value in (0, 1)], axis=1)
        both = (counts > 0).all(axis=1)
        known = (counts > 0).any()
        enough = both.any() if monitor == "val_auc" else known
        if (
            both.all()
            or split == "validation"
            and (enough or target_output.target.name)
        ):
            continue
        each = "each label" if split == "train" else "at least one label"
        received = ", ".join(
            f"{with_} with and {without} without {name}"
            for name, (without, with_) in zip(target_output.target.classes, counts)
        )
        cure = _CURE + (_OR_BY_LOSS if split == "validation" and known else "")
        raise DataError(
            f"the {split} split wants samples with and without "
            f"{each}{_of(target_output)}. Received: {received}. {cure}"
        )


def _check_numbers(targets: Targets, target_output: TargetOutput, monitor: str) -> None:
    """Only of validation: `standardising` holds the training split to the same."""
    if target_output.target.name:
        return
    for name, column in zip(
        target_output.target.columns, _own(targets, "validation", target_output).T
    ):
        known = column[~np.isnan(column)]
        if len(np.unique(known)) < 2:
            raise DataError(
                f"the validation split wants different numbers of {name}. Received: "
                f"{len(known)} known, {len(np.unique(known))} different. Ingest with a "
                "split plan that gives it more patients"
            )


def _of(target_output: TargetOutput) -> str:
    return (
        f" of the target {target_output.target.name}"
        if target_output.target.name
        else ""
    )


def check_warmup(targets: Targets, recipe: Recipe) -> None:
    """Raises a UsageError where a stage would be over before its warm-up."""
    optimisation = recipe.optimisation
    steps = len(targets["train"]) // optimisation.batch_size
    fewest = min((*recipe.transfer.epochs, optimisation.epochs))
    updates = fewest * steps // optimisation.accumulate
    warmup = optimisation.schedule.warmup_updates
    if warmup and warmup >= updates:
        raise UsageError(
            "a warm-up is shorter than the training, or the stage, that it begins. "
            f"Received: schedule.warmup_updates={warmup}, and {updates} updates in "
            f"{fewest} epochs of {steps} steps"
        )


def check_batch(targets: Targets, optimisation: Optimisation) -> None:
    """Raises a UsageError where the training samples fill no batch."""
    samples, batch_size = len(targets["train"]), optimisation.batch_size
    if samples < batch_size:
        raise UsageError(
            f"a batch wants {batch_size} samples, and the train split has {samples}. "
            f"Choose a --batch of {samples} or less"
        )


def left_out(samples: int, optimisation: Optimisation) -> str:
    """A sentence on what every epoch leaves out; empty for a tenth or less.

    Args:
        samples: of the train split.
    """
    batch_size = optimisation.batch_size
    left = samples % batch_size
    if optimisation.balance or left <= _LEFT_OUT_UNSAID * samples:
        return ""
    return (
        f"Every epoch leaves out {left} of {samples} training samples, others each "
        f"time: its batches are whole ones of {batch_size}. Another --batch may leave "
        "out fewer"
    )


def check_update(targets: Targets, optimisation: Optimisation) -> None:
    """Raises a UsageError where an epoch has too few steps for one update."""
    samples = len(targets["train"])
    needed = optimisation.batch_size * optimisation.accumulate
    if optimisation.accumulate > 1 and samples < needed:
        raise UsageError(
            f"an update wants {optimisation.accumulate} steps of "
            f"{optimisation.batch_size} samples, {needed} in all, and the train split "
            f"has {samples}. Choose a smaller --accumulate or --batch"
        )
