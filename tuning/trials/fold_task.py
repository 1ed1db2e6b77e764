"""One fold of a trial, as the process that trains it is asked for it."""

import json
from dataclasses import dataclass
from pathlib import Path

from pipelines.storage import config_files
from zoo.recipes.recipe import Recipe

NAME = "a fold's task"


@dataclass(frozen=True, kw_only=True)
class FoldTask:
    """What is to be trained, on what, and where it goes.

    Args:
        directory: to make; what it holds is told in `tuning.trials.fold_fit`.
        recipe: the complete one of the trial.
        data: the data set's directory, on disk or remote.
        fold: as `zoo.fit` takes it; none = the data set's one validation split.
        name: of the fold in the sweep, where that is another.
        objective: its name, of those of `zoo.evaluation.comparison.objectives`.
        deterministic: as of `zoo.fit`.
        weights_from: as of `zoo.fit`.
        max_seconds: of wall time from the moment a process has taken the task on.
        max_parameters: that the network in training may have.

    Raises:
        ValueError: a limit that nothing can keep to.
    """

    directory: Path
    recipe: Recipe
    data: str
    fold: str | None = None
    name: str = ""
    objective: str
    deterministic: bool = False
    weights_from: str | None = None
    max_seconds: float | None = None
    max_parameters: int | None = None

    @property
    def fold_name(self) -> str:
        """What the sweep calls the fold; "" = the one validation split."""
        return self.name or self.fold or ""

    def __post_init__(self):
        for name in ("max_seconds", "max_parameters"):
            limit = getattr(self, name)
            if limit is not None and not limit > 0:
                raise ValueError(f"{name} is more than 0. Received: {limit}")


def to_json(task: FoldTask) -> str:
    """The task as one line of text."""
    return json.dumps(config_files.plain(task))


def from_json(text: str) -> FoldTask:
    """The task that `to_json` wrote.

    Raises:
        DataError: text that is none.
    """
    return config_files.build(FoldTask, json.loads(text), name=NAME)
