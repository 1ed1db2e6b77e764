"""The predictions of a run: what is judged, and its file `predictions.csv`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.predictions import table as prediction_table
from zoo.evaluation.predictions.table import IDS

FIXED_COLUMNS = (*IDS, "label")
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """Class probabilities of N samples beside their true classes.

    Args:
        sample_id, patient_id: pseudonyms, N each; a sample stands once.
        split: train, validation or test, N.
        fold: "" or the fold that was left out in training, N.
        label: index of the true class, int `[N]`.
        probabilities: `[N, K]`, rows sum to 1.
        logits: `[N, K]`.
        classes: K names in the order of the class index.
        ordered: whether they are grades, each above the one before.
    """

    sample_id: tuple[str, ...]
    patient_id: tuple[str, ...]
    split: tuple[str, ...]
    fold: tuple[str, ...]
    label: np.ndarray
    probabilities: np.ndarray
    logits: np.ndarray
    classes: tuple[str, ...]
    ordered: bool = False

    def __post_init__(self):
        samples, classes = len(self.sample_id), len(self.classes)
        if classes < 2 or len(set(self.classes)) != classes:
            raise DataError(
                "predictions want two or more different classes. "
                f"Received: classes={self.classes}"
            )
        _check_shapes(self, samples, classes)
        prediction_table.check(self.sample_id, self.patient_id, self.split)
        if samples and not 0 <= self.label.min() <= self.label.max() < classes:
            raise DataError(
                f"labels are class indices from 0 to {classes - 1}. Received: "
                f"{self.label.min()} to {self.label.max()}"
            )
        wrong = _first_improbable(self.probabilities)
        if wrong is not None:
            raise DataError(
                "probabilities must be in 0..1 and sum to 1 within "
                f"{SUM_TOLERANCE:g}. Received: {self.probabilities[wrong].tolist()} "
                f"for sample {self.sample_id[wrong]}"
            )

    def __len__(self) -> int:
        return len(self.sample_id)


def _check_shapes(predictions: Predictions, samples: int, classes: int) -> None:
    wanted = {
        "patient_id": (samples,),
        "split": (samples,),
        "fold": (samples,),
        "label": (samples,),
        "probabilities": (samples, classes),
        "logits": (samples, classes),
    }
    for name, shape in wanted.items():
        received = np.shape(getattr(predictions, name))
        if received != shape:
            raise DataError(f"{name} wants the shape {shape}. Received: {received}")


def _first_improbable(probabilities: np.ndarray) -> int | None:
    """Row of the first that is no distribution; NaN is none either."""
    inside = (probabilities >= 0) & (probabilities <= 1 + SUM_TOLERANCE)
    whole = np.abs(probabilities.sum(axis=1) - 1) <= SUM_TOLERANCE
    wrong = np.flatnonzero(~(inside.all(axis=1) & whole))
    return int(wrong[0]) if wrong.size else None


def take(predictions: Predictions, places: Sequence[int] | np.ndarray) -> Predictions:
    """The rows at these places, in this order."""
    places = np.asarray(places, dtype=int)

    def pick(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(values[place] for place in places)

    return Predictions(
        sample_id=pick(predictions.sample_id),
        patient_id=pick(predictions.patient_id),
        split=pick(predictions.split),
        fold=pick(predictions.fold),
        label=predictions.label[places],
        probabilities=predictions.probabilities[places],
        logits=predictions.logits[places],
        classes=predictions.classes,
        ordered=predictions.ordered,
    )


def of_split(predictions: Predictions, split: str) -> Predictions:
    """The samples of one split."""
    return take(predictions, [i for i, s in enumerate(predictions.split) if s == split])


def join(parts: Sequence[Predictions]) -> Predictions:
    """One after the other; all must have the same classes in the same order.

    Raises:
        DataError: other classes, or a sample that stands in two parts.
    """
    for part in parts[1:]:
        if part.classes != parts[0].classes:
            raise DataError(
                "predictions of other classes can't be joined. Received: "
                f"{parts[0].classes} and {part.classes}"
            )
    return Predictions(
        sample_id=sum((p.sample_id for p in parts), ()),
        patient_id=sum((p.patient_id for p in parts), ()),
        split=sum((p.split for p in parts), ()),
        fold=sum((p.fold for p in parts), ()),
        label=np.concatenate([p.label for p in parts]),
        probabilities=np.concatenate([p.probabilities for p in parts]),
        logits=np.concatenate([p.logits for p in parts]),
        classes=parts[0].classes,
        ordered=parts[0].ordered,
    )


def write(path: str | Path, predictions: Predictions) -> None:
    """Writes `predictions.csv`, whole or not at all; nine digits, enough for float32.

    Columns: sample_id, patient_id, split, fold, label (the class name),
    `prob:<class>` and `logit:<class>` of every class.
    """
    names = predictions.classes
    header = [
        *FIXED_COLUMNS,
        *(f"prob:{name}" for name in names),
        *(f"logit:{name}" for name in names),
    ]
    lines = (
        [
            sample_id,
            predictions.patient_id[i],
            predictions.split[i],
            predictions.fold[i],
            names[predictions.label[i]],
            *map(prediction_table.number, predictions.probabilities[i]),
            *map(prediction_table.number, predictions.logits[i]),
        ]
        for i, sample_id in enumerate(predictions.sample_id)
    )
    prediction_table.write_table(path, header, lines)


def read(path: str | Path, classes: Sequence[str] | None = None) -> Predictions:
    """Reads `predictions.csv` strictly.

    Args:
        classes: the classes in the order of their index, from the run's data set;
            none takes the order of the `prob:` columns.
    Raises:
        DataError: no file, a missing, unknown or double column, other classes than
            `classes`, a label of no class, a cell that is no number, probabilities
            that don't sum to 1, a sample that stands twice, an unknown split, no row.
    """
    header, lines = prediction_table.read_table(path)
    try:
        names = _classes(header, classes)
        return _parse(prediction_table.columns(header, lines), names)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _classes(header: list[str], classes: Sequence[str] | None) -> tuple[str, ...]:
    found = tuple(h[len("prob:") :] for h in header if h.startswith("prob:"))
    names = found if classes is None else tuple(classes)
    if set(names) != set(found):
        raise DataError(
            f"the prob: columns are not the classes {names}. Received: {found}"
        )
    wanted = [
        *FIXED_COLUMNS,
        *(f"prob:{name}" for name in names or ("<class>",)),
        *(f"logit:{name}" for name in names),
    ]
    right = f"{', '.join(FIXED_COLUMNS)}, prob:<class>, logit:<class>"
    prediction_table.check_header(header, wanted, right)
    return names


def _parse(column: dict[str, list[str]], names: tuple[str, ...]) -> Predictions:
    index = {name: i for i, name in enumerate(names)}
    for line, label in enumerate(column["label"], start=2):
        if label not in index:
            raise DataError(
                f"row {line}: label {label!r} is none of the classes {names}"
            )
    return Predictions(
        sample_id=tuple(column["sample_id"]),
        patient_id=tuple(column["patient_id"]),
        split=tuple(column["split"]),
        fold=tuple(column["fold"]),
        label=np.array([index[label] for label in column["label"]], dtype=np.int64),
        probabilities=prediction_table.numbers(
            column, [f"prob:{name}" for name in names]
        ),
        logits=prediction_table.numbers(column, [f"logit:{name}" for name in names]),
        classes=names,
    )
