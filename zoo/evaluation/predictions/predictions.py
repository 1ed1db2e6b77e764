"""The predictions of a run: what is evaluated, whatever the kind of its target."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.errors import DataError
from zoo.targets.kind import TargetKind

SPLITS = ("train", "validation", "test")
IDS = ("sample_id", "patient_id", "split", "fold")
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """What a network says of N samples, beside the truth as far as it is known.

    Args:
        sample_id, patient_id: pseudonyms, N each; a sample stands once.
        split: train, validation or test, N.
        fold: "" or the fold that was left out in training, N.
        kind: of the target.
        names: of the M classes in the order of their index, of the M labels or columns.
        truth: of classes the index, `[N, 1]`; else `[N, M]`, NaN = not known, of labels
            0 or 1.
        outputs: `[N, M]` each, by the words of the kind's `outputs`.
        extra: further columns of a file from elsewhere, as age or scanner, as written,
            N each; "" = not known.
    """

    sample_id: tuple[str, ...]
    patient_id: tuple[str, ...]
    split: tuple[str, ...]
    fold: tuple[str, ...]
    kind: TargetKind
    names: tuple[str, ...]
    truth: np.ndarray
    outputs: Mapping[str, np.ndarray]
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self):
        _check_shapes(self)
        _check_rows(self)
        if self.kind.single_label:
            _check_classes(self)
        else:
            _check_columns(self)

    def __len__(self) -> int:
        return len(self.sample_id)

    @property
    def label(self) -> np.ndarray:
        """Index of the true class, int `[N]`; of classes alone."""
        return self.truth[:, 0].astype(np.int64)

    @property
    def probabilities(self) -> np.ndarray:
        """`[N, M]`; of classes and labels alone."""
        return self.outputs["prob"]


def _check_shapes(predictions: Predictions) -> None:
    samples, columns = len(predictions), len(predictions.names)
    truths = 1 if predictions.kind.single_label else columns
    wanted = {
        **{name: ((samples,), getattr(predictions, name)) for name in IDS},
        "truth": ((samples, truths), predictions.truth),
        **{word: ((samples, columns), a) for word, a in predictions.outputs.items()},
        **{title: ((samples,), cells) for title, cells in predictions.extra.items()},
    }
    for name, (shape, array) in wanted.items():
        if np.shape(array) != shape:
            raise DataError(
                f"{name} wants the shape {shape}. Received: {np.shape(array)}"
            )


def _check_rows(predictions: Predictions) -> None:
    """Ids and splits: a sample stands once, and in a split that there is."""
    double = first_double(predictions.sample_id)
    if double is not None:
        raise DataError(f"a sample stands once. Received: sample {double!r} twice")
    for name in ("sample_id", "patient_id"):
        if "" in getattr(predictions, name):
            raise DataError(f"every sample wants a {name}. Received: an empty one")
    unknown = sorted(set(predictions.split) - set(SPLITS))
    if unknown:
        raise DataError(
            f"a split is one of {', '.join(SPLITS)}. Received: {unknown[0]!r}"
        )


def _check_classes(predictions: Predictions) -> None:
    """Two classes or more, their indices, and distributions over them."""
    classes = len(predictions.names)
    if classes < 2 or len(set(predictions.names)) != classes:
        raise DataError(
            "predictions want two or more different classes. "
            f"Received: classes={predictions.names}"
        )
    if not np.isin(predictions.truth, np.arange(classes)).all():
        raise DataError(
            f"labels are class indices from 0 to {classes - 1}. Received: "
            f"{predictions.truth.min():g} to {predictions.truth.max():g}"
        )
    probabilities = predictions.probabilities
    inside = (probabilities >= 0) & (probabilities <= 1 + SUM_TOLERANCE)
    whole = np.abs(probabilities.sum(axis=1) - 1) <= SUM_TOLERANCE
    wrong = np.flatnonzero(~(inside.all(axis=1) & whole))  # NaN is wrong too
    if wrong.size:
        raise DataError(
            f"probabilities must be in 0..1 and sum to 1 within {SUM_TOLERANCE:g}. "
            f"Received: {probabilities[wrong[0]].tolist()} "
            f"for sample {predictions.sample_id[wrong[0]]}"
        )


def _check_columns(predictions: Predictions) -> None:
    """Outputs that are numbers; of labels a truth of 0 or 1, and probabilities."""
    for word, array in predictions.outputs.items():
        if not np.isfinite(array).all():
            raise DataError(f"every {word} is a number. Received: one that is none")
    if not predictions.kind.binary:
        return
    known = predictions.truth[~np.isnan(predictions.truth)]
    if not np.isin(known, (0, 1)).all():
        raise DataError("a label is 0, 1 or not known. Received: another number")
    shares = predictions.probabilities
    if shares.size and not 0 <= shares.min() <= shares.max() <= 1:
        raise DataError(
            "probabilities must be in 0..1. Received: "
            f"{shares.min():g} to {shares.max():g}"
        )


def first_double(names: Sequence[str]) -> str | None:
    """The first name that stands twice, if any."""
    seen = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def take(predictions: Predictions, rows: Sequence[int] | np.ndarray) -> Predictions:
    """These rows, in this order."""
    rows = np.asarray(rows, dtype=int)
    ids = {name: getattr(predictions, name) for name in IDS}
    return dataclasses.replace(
        predictions,
        **{name: tuple(values[row] for row in rows) for name, values in ids.items()},
        truth=predictions.truth[rows],
        outputs={word: array[rows] for word, array in predictions.outputs.items()},
        extra={
            title: tuple(cells[row] for row in rows)
            for title, cells in predictions.extra.items()
        },
    )


def of_split(predictions: Predictions, split: str) -> Predictions:
    """The samples of one split."""
    rows = [row for row, name in enumerate(predictions.split) if name == split]
    return take(predictions, rows)


def join(parts: Sequence[Predictions]) -> Predictions:
    """One after the other; all must be of one target.

    Of the further columns all are kept, empty for the parts without them.

    Raises:
        DataError: other classes or columns, or a sample that stands in two parts.
    """
    first = parts[0]
    for part in parts[1:]:
        if (part.kind.name, part.names) != (first.kind.name, first.names):
            raise DataError(
                "predictions of other classes or other columns can't be joined. "
                f"Received: {first.names} and {part.names}"
            )
    return dataclasses.replace(
        first,
        **{name: sum((getattr(part, name) for part in parts), ()) for name in IDS},
        truth=np.concatenate([part.truth for part in parts]),
        outputs={
            word: np.concatenate([part.outputs[word] for part in parts])
            for word in first.outputs
        },
        extra=_joined_extra(parts),
    )


def _joined_extra(parts: Sequence[Predictions]) -> dict[str, tuple[str, ...]]:
    titles = dict.fromkeys(title for part in parts for title in part.extra)
    return {
        title: sum((part.extra.get(title, ("",) * len(part)) for part in parts), ())
        for title in titles
    }
