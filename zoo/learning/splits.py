"""Whether a data set's splits can carry a training run: samples by split and class."""

from collections.abc import Iterable, Mapping, Sequence

from pipelines.errors import DataError

SPLITS = ("train", "validation", "test")

Counts = dict[str, tuple[int, ...]]


def count(
    samples: Iterable[tuple[str, int]], roles: Mapping[str, str], classes: int
) -> Counts:
    """Samples of every class in train, validation and test, `K` each.

    Args:
        samples: group and class index of every sample.
        roles: group -> what it is for in this run.
        classes: K.
    """
    counts = {split: [0] * classes for split in SPLITS}
    for group, label in samples:
        counts[roles[group]][label] += 1
    return {split: tuple(of_class) for split, of_class in counts.items()}


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
