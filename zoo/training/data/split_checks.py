"""Whether a data set's splits can carry a training run: what they know of targets."""

from collections.abc import Sequence

import numpy as np

from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.splits.roles import roles
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe
from zoo.targets.target_output import TargetOutput

SPLITS = ("train", "validation", "test")

_LEFT_OUT_UNSAID = 0.1  # share of the training samples
Targets = dict[str, np.ndarray]


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

    What that is, is the kind's; by the main target the best epoch is chosen and the
    network is judged.

    Raises:
        DataError: which split lacks what, and what helps.
    """
    for target_output in target_outputs:
        values = {
            split: target_output.values_of(all_) for split, all_ in targets.items()
        }
        target_output.kind.check_splits(values, target_output.target, monitor)


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
