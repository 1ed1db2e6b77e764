"""What became of one fold of a trial: a value, and the file that keeps it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipelines.storage import atomic_files, config_files
from zoo.runs import json_objects

FILE = "result.json"  # of a fold's directory, written last: with it the fold is done
FINISHED = "finished"
PARTS = ("start", "data", "build", "trace", "steps", "validation", "write")

Outcome = Literal[
    "finished",
    "failed",
    "not_finite",
    "out_of_memory",
    "too_long",
    "too_large",
]


@dataclass(frozen=True, kw_only=True)
class FoldResult:
    """How one fold of a trial ended.

    Args:
        fold: its name; "" = the data set's one validation split.
        outcome: `"finished"`, or why there is no figure: the training broke down
            (`"failed"`, a crash of its process among them), its loss became NaN or
            infinite, memory ran out, or a limit of the task was passed.
        reason: one line, without paths and pseudonyms; "" of a finished fold.
        objective: of the validation split; none unless finished.
        seconds: of wall time, with the start of a process if it took one.
        parts: shares of `seconds` by what took them, see `PARTS`: the start of a
            process; opening the data set, checking the recipe against it and waiting
            for the first batch; building and compiling the network; tracing its graphs;
            all steps of training; validation after every epoch; what was written.
        epochs, best_epoch: as of history.csv.
        parameters: of the network in training; none where it was not built.
        memory_mb: that the process held when the fold ended, MB of 10^6 bytes.

    Raises:
        ValueError: an objective that is no number, or one where there can't be any.
    """

    fold: str
    outcome: Outcome
    reason: str = ""
    objective: float | None = None
    seconds: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)
    epochs: int = 0
    best_epoch: int | None = None
    parameters: int | None = None
    memory_mb: float | None = None

    def __post_init__(self):
        finite = self.objective is not None and math.isfinite(self.objective)
        if finite != self.is_finished:
            raise ValueError(
                "a finished fold has a finite objective, and no other has one. "
                f"Received: outcome={self.outcome!r}, objective={self.objective}"
            )

    @property
    def is_finished(self) -> bool:
        """Whether it has a figure."""
        return self.outcome == FINISHED

    @property
    def overhead_seconds(self) -> float:
        """Of wall time, less what the epochs are: steps of training, validation."""
        epochs = ("steps", "validation")
        return self.seconds - sum(self.parts.get(part, 0.0) for part in epochs)


def to_fields(result: FoldResult) -> dict[str, Any]:
    """What JSON has of a result; what is none is left out."""
    return config_files.plain(result)


def of_fields(fields: Mapping[str, Any], *, name: str = FILE) -> FoldResult:
    """The result that `to_fields` took apart.

    Args:
        name: of what was read, for errors.

    Raises:
        DataError: fields of another kind.
    """
    return config_files.build(FoldResult, dict(fields), name=name)


def write(directory: Path, result: FoldResult) -> None:
    """Writes result.json, whole or not at all."""
    text = json_objects.text(to_fields(result))
    atomic_files.write_text(directory / FILE, text)


def read(directory: Path) -> FoldResult | None:
    """The result of a fold's directory; none where the fold is not done.

    Raises:
        DataError: a result.json that does not read.
    """
    path = directory / FILE
    return of_fields(json_objects.read(path)) if path.is_file() else None
