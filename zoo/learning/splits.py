"""Whether a data set's splits can carry a training run: samples by split and class."""

from collections.abc import Mapping, Sequence

from pipelines.errors import DataError
from zoo.optimisation import Optimisation

SPLITS = ("train", "validation", "test")

Counts = dict[str, tuple[int, ...]]


def count(
    groups: Mapping[str, Mapping[str, int]],
    roles: Mapping[str, str],
    classes: Sequence[str],
) -> Counts:
    """Samples of every class in train, validation and test, `K` each.

    Args:
        groups: samples by class name, of every group of the data set.
        roles: group -> what it is for in this run.
        classes: K names in the order of the class index.
    """
    return {
        split: tuple(
            sum(groups[group][name] for group in groups if roles[group] == split)
            for name in classes
        )
        for split in SPLITS
    }


def check(counts: Counts, classes: Sequence[str], monitor: str) -> None:
    """Holds the splits against what training, choosing and judging need.

    Training wants every class, validation at least two (every class if the AUC
    decides), and a test split, if there is one, at least two.

    Raises:
        DataError: which split lacks which classes, and what helps.
    """
    _check_split("train", counts, classes, every=True)
    _check_split("validation", counts, classes, every=monitor == "val_auc")
    if sum(counts["test"]):
        _check_split("test", counts, classes, every=False)


def check_update(counts: Counts, optimisation: Optimisation) -> None:
    """Raises a DataError where an epoch has too few steps for one update."""
    samples = sum(counts["train"])
    needed = optimisation.batch_size * optimisation.accumulate
    if optimisation.accumulate > 1 and samples < needed:
        raise DataError(
            f"an update wants {optimisation.accumulate} steps of "
            f"{optimisation.batch_size} samples, {needed} in all, and the train split "
            f"has {samples}. Choose a smaller --accumulate or --batch"
        )


def _check_split(
    split: str, counts: Counts, classes: Sequence[str], *, every: bool
) -> None:
    found = [name for name, number in zip(classes, counts[split]) if number]
    if len(found) == len(classes) or (len(found) >= 2 and not every):
        return
    received = ", ".join(
        f"{number} of {name}" for name, number in zip(classes, counts[split])
    )
    wanted = "samples of every class" if every else "samples of two classes or more"
    cure = (
        "Ingest with a split plan that gives it patients of each class (a larger "
        "share, fewer folds, or more patients)"
    )
    if split == "validation" and len(found) >= 2:
        cure += ", or choose the best epoch by --optimisation.monitor val_loss"
    raise DataError(f"the {split} split wants {wanted}. Received: {received}. {cure}")
