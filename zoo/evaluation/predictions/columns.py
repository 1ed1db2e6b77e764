"""Answers of several columns at once: labels that do not exclude each other, numbers.

Their file is, as predictions.csv of classes, one row a sample: sample_id, patient_id,
split, fold, the truth in `target:<name>` (empty = not known), then of labels
`prob:<name>` and `logit:<name>`, of numbers `pred:<name>`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.predictions import table as prediction_table
from zoo.evaluation.predictions.table import IDS

LABELS = ("prob", "logit")
NUMBERS = ("pred",)


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """What was said of N samples, beside the truth as far as it is known.

    Args:
        sample_id, patient_id: pseudonyms, N each; a sample stands once.
        split: train, validation or test, N.
        fold: "" or the fold that was left out in training, N.
        names: of the M columns.
        truth: `[N, M]`, NaN = not known; of labels 0 or 1.
        answers: `[N, M]` each, by the words of `LABELS` or of `NUMBERS`.
    """

    sample_id: tuple[str, ...]
    patient_id: tuple[str, ...]
    split: tuple[str, ...]
    fold: tuple[str, ...]
    names: tuple[str, ...]
    truth: np.ndarray
    answers: dict[str, np.ndarray]

    def __post_init__(self):
        wanted = (len(self.sample_id), len(self.names))
        arrays = {"truth": self.truth, **self.answers}
        for name, array in arrays.items():
            if array.shape != wanted:
                raise DataError(
                    f"{name} wants the shape {wanted}. Received: {array.shape}"
                )
        prediction_table.check(self.sample_id, self.patient_id, self.split)
        for name, array in self.answers.items():
            if not np.isfinite(array).all():
                raise DataError(f"every {name} is a number. Received: one that is none")
        if "prob" in self.answers:
            self._check_labels()

    def _check_labels(self) -> None:
        known = self.truth[~np.isnan(self.truth)]
        if not np.isin(known, (0, 1)).all():
            raise DataError("a label is 0, 1 or not known. Received: another number")
        shares = self.answers["prob"]
        if shares.size and not 0 <= shares.min() <= shares.max() <= 1:
            raise DataError(
                "probabilities must be in 0..1. Received: "
                f"{shares.min():g} to {shares.max():g}"
            )

    def __len__(self) -> int:
        return len(self.sample_id)


def take(found: Columns, places: Sequence[int] | np.ndarray) -> Columns:
    """The rows at these places, in this order."""
    places = np.asarray(places, dtype=int)
    ids = {name: tuple(getattr(found, name)[i] for i in places) for name in IDS}
    return Columns(
        **ids,
        names=found.names,
        truth=found.truth[places],
        answers={name: array[places] for name, array in found.answers.items()},
    )


def of_split(found: Columns, split: str) -> Columns:
    """The samples of one split."""
    return take(found, [i for i, one in enumerate(found.split) if one == split])


def join(parts: Sequence[Columns]) -> Columns:
    """One after the other.

    Raises:
        DataError: other columns, or a sample that stands in two parts.
    """
    first = parts[0]
    for part in parts[1:]:
        if (part.names, [*part.answers]) != (first.names, [*first.answers]):
            raise DataError(
                "predictions of other columns can't be joined. Received: "
                f"{first.names} and {part.names}"
            )
    ids = {name: sum((getattr(part, name) for part in parts), ()) for name in IDS}
    return Columns(
        **ids,
        names=first.names,
        truth=np.concatenate([part.truth for part in parts]),
        answers={
            name: np.concatenate([part.answers[name] for part in parts])
            for name in first.answers
        },
    )


def write(path: str | Path, found: Columns) -> None:
    """Writes the file, whole or not at all; nine digits, enough for float32."""
    header = [*IDS, *_names("target", found.names)]
    for kind in found.answers:
        header += _names(kind, found.names)
    lines = (
        [
            *(getattr(found, name)[i] for name in IDS),
            *map(prediction_table.number, found.truth[i]),
            *(
                prediction_table.number(x)
                for array in found.answers.values()
                for x in array[i]
            ),
        ]
        for i in range(len(found))
    )
    prediction_table.write_table(path, header, lines)


def read(
    path: str | Path, kinds: Sequence[str], names: Sequence[str] | None = None
) -> Columns:
    """Reads the file strictly.

    Args:
        kinds: of answers, `LABELS` or `NUMBERS`.
        names: of the columns, from the run's data set; none takes those of the file.

    Raises:
        DataError: no file, a missing, unknown or double column, a cell that is no
            number, a sample that stands twice, an unknown split, no row.
    """
    header, lines = prediction_table.read_table(path)
    if names is None:
        places = [cell for cell in header if cell.startswith("target:")]
        names = [cell.removeprefix("target:") for cell in places]
    wanted = [*IDS, *_names("target", names)]
    for kind in kinds:
        wanted += _names(kind, names)
    words = ", ".join(f"{kind}:<name>" for kind in ("target", *kinds))
    try:
        prediction_table.check_header(header, wanted, f"{', '.join(IDS)}, {words}")
        column = prediction_table.columns(header, lines)
        return Columns(
            **{name: tuple(column[name]) for name in IDS},
            names=tuple(names),
            truth=prediction_table.numbers(column, _names("target", names), empty=True),
            answers={
                kind: prediction_table.numbers(column, _names(kind, names))
                for kind in kinds
            },
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _names(kind: str, names: Sequence[str]) -> list[str]:
    return [f"{kind}:{name}" for name in names]
