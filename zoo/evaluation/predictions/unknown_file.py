"""The file `unknown.csv`: what a network says of classes that it does not know.

One row a sample. Columns: sample_id, patient_id, split, fold, `unknown_class`, then
`prob:<class>` and `logit:<class>` of the classes that it knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.pseudonyms import with_letter
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvRow
from pipelines.tables import table_file
from zoo.evaluation.predictions.columns import titles
from zoo.evaluation.predictions.predictions import IDS, SPLITS, first_double

_CLASS, _WORDS = "unknown_class", ("prob", "logit")


@dataclass(frozen=True, kw_only=True, eq=False)
class UnknownPredictions:
    """What a network says of M samples of classes that were held out of its training.

    Args:
        sample_id, patient_id: pseudonyms, M each; a sample stands once.
        split: train, validation or test, M; none of them was trained on.
        fold: "" or the fold that was left out in training, M.
        unknown_class: name of each sample's class, M.
        names: of the K classes that the network knows, in the order of their index.
        outputs: `prob` and `logit`, `[M, K]` each.
    """

    sample_id: tuple[str, ...]
    patient_id: tuple[str, ...]
    split: tuple[str, ...]
    fold: tuple[str, ...]
    unknown_class: tuple[str, ...]
    names: tuple[str, ...]
    outputs: Mapping[str, np.ndarray]

    def __post_init__(self):
        shape = (len(self.sample_id), len(self.names))
        wrong = [word for word in _WORDS if self.outputs[word].shape != shape]
        if wrong:
            raise DataError(
                f"{wrong[0]} wants the shape {shape}. Received: "
                f"{self.outputs[wrong[0]].shape}"
            )
        double = first_double(self.sample_id)
        if double is not None:
            raise DataError(f"a sample stands once. Received: sample {double!r} twice")
        unknown = sorted({*self.split} - {*SPLITS})
        if unknown:
            raise DataError(
                f"a split is one of {', '.join(SPLITS)}. Received: {unknown[0]!r}"
            )

    def __len__(self) -> int:
        return len(self.sample_id)

    @property
    def probabilities(self) -> np.ndarray:
        """`[M, K]`."""
        return self.outputs["prob"]


def of_split(predictions: UnknownPredictions, split: str) -> UnknownPredictions:
    """The samples of one split."""
    rows = [row for row, name in enumerate(predictions.split) if name == split]
    texts = {
        name: tuple(getattr(predictions, name)[row] for row in rows)
        for name in (*IDS, _CLASS)
    }
    outputs = {word: array[rows] for word, array in predictions.outputs.items()}
    return UnknownPredictions(**texts, names=predictions.names, outputs=outputs)


def join(parts: Sequence[UnknownPredictions]) -> UnknownPredictions:
    """One after the other; of the same known classes."""
    return UnknownPredictions(
        **{
            name: sum((getattr(part, name) for part in parts), ())
            for name in (*IDS, _CLASS)
        },
        names=parts[0].names,
        outputs={
            word: np.concatenate([part.outputs[word] for part in parts])
            for word in _WORDS
        },
    )


def write(path: str | Path, predictions: UnknownPredictions) -> None:
    """Writes the file, whole or not at all; nine digits, enough for float32."""
    numbers = np.concatenate([predictions.outputs[word] for word in _WORDS], axis=1)
    texts = zip(*(getattr(predictions, name) for name in (*IDS, _CLASS)))
    csv_files.write(
        path,
        _header(predictions.names),
        ([*row, *(f"{v:.9g}" for v in values)] for row, values in zip(texts, numbers)),
    )


def read(
    path: str | Path, names: Sequence[str], classes: Sequence[str]
) -> UnknownPredictions:
    """Reads the file strictly; ids and names as they are written.

    Args:
        names: of the classes that the network knows.
        classes: that it does not know.

    Raises:
        DataError: no file, other columns, a class that is none of these, a cell that is
            no number, or what `UnknownPredictions` refuses.
    """
    table = table_file.read(path, as_written=True)
    header = _header(names)
    table = table_file.with_names(table, header)
    if sorted(table.header) != sorted(header):
        raise DataError(
            f"{path} should have the columns {', '.join(header)}. Received: "
            f"{', '.join(table.header)}"
        )
    cells = {
        name: [_cell(path, table.header, row, name) for row in table.rows]
        for name in header
    }
    wrong = sorted({*cells[_CLASS]} - {*classes})
    if wrong:
        raise DataError(
            f"{path}: {_CLASS} is one of {', '.join(classes)}. Received: {wrong[0]!r}"
        )
    try:
        return UnknownPredictions(
            **{name: tuple(map(with_letter, cells[name])) for name in IDS},
            unknown_class=tuple(cells[_CLASS]),
            names=tuple(names),
            outputs={
                word: _numbers([cells[title] for title in titles(word, names)])
                for word in _WORDS
            },
        )
    except (DataError, ValueError) as error:
        raise DataError(f"{path}: {error}") from error


def _header(names: Sequence[str]) -> list[str]:
    outputs = [title for word in _WORDS for title in titles(word, names)]
    return [*IDS, _CLASS, *outputs]


def _cell(path: str | Path, header: Sequence[str], row: CsvRow, name: str) -> str:
    if len(row.cells) != len(header):
        raise DataError(
            f"{path}: row {row.line} has {len(row.cells)} cells where the header has "
            f"{len(header)}"
        )
    return row.cells[header.index(name)]


def _numbers(columns: Sequence[Sequence[str]]) -> np.ndarray:
    """`[M, K]` of K columns of M cells."""
    numbers = np.array([[*map(table_file.number, column)] for column in columns])
    if not np.isfinite(numbers).all():
        raise ValueError("every probability and logit is a number")
    return numbers.T
