"""A trial: the values that it tries, what became of its folds, and its file."""

import math
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipelines.storage import atomic_files, config_files
from tuning.trials import fold_result
from tuning.trials.fold_result import FoldResult
from zoo.runs import json_objects

FILE = "trial.json"
RECIPE = "recipe.toml"
State = Literal["running", "completed", "abandoned", "failed", "too_large"]
WITH_FIGURE = ("completed", "abandoned")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One choice of values, and how its folds ended.

    Args:
        trial_id: as KerasTuner numbers it, four digits.
        values: by the name of the recipe's field; those alone whose condition holds.
        state: `"abandoned"` where further folds had no chance, `"too_large"` where the
            network has more parameters than the sweep allows.
        reason: why it was abandoned or failed, one line; "" otherwise.
        objective: of a completed trial over all folds; of an abandoned one what is
            expected over all folds, see `tuning.trials.figures.expected`; else none.
        parameters: of the network; none where it was not built.
        code: digest of the code that trained it; two joined by "+" where it was taken
            up again with another.
        seconds: that its folds took.
        folds: that are done, in the sweep's order.

    Raises:
        ValueError: a figure where there can't be any, or none where there is one.
    """

    trial_id: str
    values: dict[str, Any]
    state: State = "running"
    reason: str = ""
    objective: float | None = None
    parameters: int | None = None
    code: str = ""
    seconds: float = 0.0
    folds: tuple[FoldResult, ...] = field(default=())

    def __post_init__(self):
        finite = self.objective is not None and math.isfinite(self.objective)
        if finite != (self.state in WITH_FIGURE):
            raise ValueError(
                "a completed or abandoned trial has a finite objective, and no other "
                f"has one. Received: state={self.state!r}, objective={self.objective}"
            )

    @property
    def is_running(self) -> bool:
        """Whether folds are still to come."""
        return self.state == "running"

    @property
    def has_failed(self) -> bool:
        """Whether it ended without a figure."""
        return not self.is_running and self.state not in WITH_FIGURE

    @property
    def fold_objectives(self) -> tuple[float, ...]:
        """Of the folds that have a figure, in order."""
        figures = (result.objective for result in self.folds)
        return tuple(figure for figure in figures if figure is not None)

    @property
    def spread(self) -> float | None:
        """Standard deviation over folds (n - 1); none for fewer than two."""
        figures = self.fold_objectives
        return statistics.stdev(figures) if len(figures) > 1 else None


def to_fields(trial: Trial) -> dict[str, Any]:
    """What JSON has of a trial; a value that is none stays a value."""
    folds = [fold_result.to_fields(result) for result in trial.folds]
    return asdict(trial) | {"folds": folds}


def of_fields(fields: Mapping[str, Any], *, name: str = FILE) -> Trial:
    """The trial that `to_fields` took apart.

    Args:
        name: of what was read, for errors.

    Raises:
        DataError: fields of another kind.
    """
    return config_files.build(Trial, dict(fields), name=name)


def write(directory: Path, trial: Trial) -> None:
    """Writes trial.json, whole or not at all."""
    atomic_files.write_text(directory / FILE, json_objects.text(to_fields(trial)))


def read(directory: Path) -> Trial | None:
    """The trial of a directory; none where it has no trial.json.

    Raises:
        DataError: a trial.json that does not read.
    """
    path = directory / FILE
    if not path.is_file():
        return None
    return of_fields(json_objects.read(path), name=f"{directory.name}/{FILE}")


def fold_folder(fold: str) -> str:
    """Name of a fold's directory; "" = the data set's one validation split."""
    return f"fold-{fold}" if fold else "fold"
