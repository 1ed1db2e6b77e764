"""A grid of trials that were really trained, as CSV files that replays are made of.

space.toml        what the grid is complete of
trials.csv        values of each trial, as JSON, and its objective
folds.csv         a row for each fold of a trial: objective, seconds and their parts
curves.csv        a row for each epoch of a fold
predictions.csv   of the validation patients of each fold, numbered instead of named
"""

import csv
import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tuning.space import hyperparameters
from tuning.space import space as spaces
from tuning.space.space import Space
from tuning.trials import results
from tuning.trials import sweep as sweeps
from tuning.trials.fold_result import PARTS
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial
from zoo.evaluation.predictions.predictions import Predictions
from zoo.targets.classification import CLASSIFICATION

OBJECTIVE = "val_auc"
FILES = ("space.toml", "trials.csv", "folds.csv", "curves.csv", "predictions.csv")
_OUTPUTS = ("prob", "logit")
_OF_EPOCH = ("epoch", "seconds", "loss", "val_loss", "val_auc")


@dataclass(frozen=True, kw_only=True, eq=False)
class GridFold:
    """A fold of a trial of the grid.

    Args:
        objective: of the best epoch.
        curve: the objective after each epoch.
    """

    objective: float
    curve: tuple[float, ...]
    predictions: Predictions


@dataclass(frozen=True, kw_only=True, eq=False)
class GridTrial:
    """A combination of values, by the names of the recipe's fields."""

    trial_id: str
    values: dict[str, Any]
    folds: tuple[GridFold, ...]

    @cached_property
    def objective(self) -> float:
        """Mean over the folds."""
        return float(np.mean([fold.objective for fold in self.folds]))

    def objective_after(self, epochs: int) -> float:
        """Mean over the folds, had each been trained for so many epochs.

        Nothing in the grid's recipe knows how many epochs will follow: a shorter
        training is the beginning of a longer one.
        """
        best = [max(fold.curve[:epochs]) for fold in self.folds]
        return float(np.mean(best))


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """All combinations of a space."""

    space: Space
    trials: tuple[GridTrial, ...]

    @cached_property
    def epochs(self) -> int:
        """Of every fold."""
        return len(self.trials[0].folds[0].curve)

    @cached_property
    def _by_values(self) -> dict[str, GridTrial]:
        return {_key(trial.values): trial for trial in self.trials}

    def of_suggestion(self, values: dict[str, Any]) -> GridTrial:
        """The trial that an oracle's suggestion means."""
        return self._by_values[_key(hyperparameters.active(self.space, values))]


def _key(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)


def keep(path: Path, folder: Path) -> int:
    """Writes what a sweep by grid has completed, and says how many trials these are.

    Of the space's first parameter, which changes last, those values are kept of which
    all combinations are completed.

    Raises:
        SystemExit: there is none yet.
    """
    sweep = sweeps.opened(path)
    trials = [t for t in results.trials(sweep) if t.state == "completed"]
    space, trials = complete(spaces.load(str(sweep.space_path)), trials)
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath(FILES[0]).write_text(spaces.to_toml(space), encoding="utf-8")
    tables = (_trials(space, trials), _folds(trials), _curves(sweep, trials))
    for name, rows in zip(FILES[1:], (*tables, _predictions(sweep, trials))):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    return len(trials)


def complete(space: Space, trials: list[Trial]) -> tuple[Space, list[Trial]]:
    """The part of a space, without conditions, that trials fill, and these trials."""
    first, *rest = space.parameters
    size = int(np.prod([len(each.points) for each in rest]))
    by_value = defaultdict(list)
    for trial in trials:
        by_value[json.dumps(trial.values[first.name])].append(trial)
    values = [v for v in first.points if len(by_value[json.dumps(v)]) == size]
    if not values:
        raise SystemExit(
            f"no value of {first.name} has all of its {size} trials completed yet. "
            f"Received: {len(trials)} completed trials. Let the grid go on"
        )
    whole = dataclasses.replace(first, kind="choice", values=tuple(values), step=None)
    parameters = (whole, *rest)
    return dataclasses.replace(space, parameters=parameters), [
        trial for value in values for trial in by_value[json.dumps(value)]
    ]


def _trials(space: Space, trials: list[Trial]):
    yield ["trial", *space.names, "objective", "parameters"]
    for trial in trials:
        values = [json.dumps(trial.values[name]) for name in space.names]
        yield [trial.trial_id, *values, trial.objective, trial.parameters]


def _folds(trials: list[Trial]):
    yield ["trial", "fold", "objective", "best_epoch", "seconds", *PARTS]
    for trial in trials:
        for fold in trial.folds:
            parts = [round(fold.parts.get(part, 0.0), 3) for part in PARTS]
            figures = [fold.objective, fold.best_epoch, round(fold.seconds, 3)]
            yield [trial.trial_id, fold.fold, *figures, *parts]


def _curves(sweep: Sweep, trials: list[Trial]):
    yield ["trial", "fold", *_OF_EPOCH]
    for trial in trials:
        for fold in trial.folds:
            path = results.history_path(sweep, trial.trial_id, fold.fold)
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    figures = (f"{float(row[name]):.7g}" for name in _OF_EPOCH)
                    yield [trial.trial_id, fold.fold, *figures]


def _predictions(sweep: Sweep, trials: list[Trial]):
    """Patients and samples by their number, in the order of their pseudonyms."""
    first = results.predictions(sweep, trials[0])
    patients = _numbers(name for part in first for name in part.patient_id)
    samples = _numbers(name for part in first for name in part.sample_id)
    titles = [f"{word}:{name}" for word in _OUTPUTS for name in first[0].names]
    yield ["trial", "fold", "patient", "sample", "label", *titles]
    for trial in trials:
        for part in results.predictions(sweep, trial):
            cells = np.hstack([part.outputs[word] for word in _OUTPUTS])
            for row, figures in enumerate(cells):
                who = patients[part.patient_id[row]], samples[part.sample_id[row]]
                label = part.names[part.label[row]]
                texts = (f"{figure:.9g}" for figure in figures)
                yield [trial.trial_id, part.fold[row], *who, label, *texts]


def _numbers(names: Iterable[str]) -> dict[str, int]:
    """From 1."""
    return {name: number for number, name in enumerate(sorted(set(names)), 1)}


def read(folder: Path) -> Grid:
    """The grid of a folder that `keep` wrote."""
    space = spaces.load(str(folder / FILES[0]))
    curves, predicted = defaultdict(list), defaultdict(list)
    for row in _rows(folder, "curves.csv"):
        curves[row["trial"], row["fold"]].append(float(row[OBJECTIVE]))
    for row in _rows(folder, "predictions.csv"):
        predicted[row["trial"], row["fold"]].append(row)
    folds = defaultdict(list)
    for row in _rows(folder, "folds.csv"):
        fold = GridFold(
            objective=float(row["objective"]),
            curve=tuple(curves[row["trial"], row["fold"]]),
            predictions=_of_rows(predicted[row["trial"], row["fold"]]),
        )
        folds[row["trial"]].append(fold)
    trials = tuple(
        GridTrial(
            trial_id=row["trial"],
            values={name: json.loads(row[name]) for name in space.names},
            folds=tuple(folds[row["trial"]]),
        )
        for row in _rows(folder, "trials.csv")
    )
    return Grid(space=space, trials=trials)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _of_rows(rows: list[dict[str, str]]) -> Predictions:
    names = tuple(t.split(":", 1)[1] for t in rows[0] if t.startswith("prob:"))
    return Predictions(
        sample_id=tuple(row["sample"] for row in rows),
        patient_id=tuple(row["patient"] for row in rows),
        split=("validation",) * len(rows),
        fold=tuple(row["fold"] for row in rows),
        kind=CLASSIFICATION,
        names=names,
        truth=np.array([[float(names.index(row["label"]))] for row in rows]),
        outputs={
            word: np.array([[float(row[f"{word}:{n}"]) for n in names] for row in rows])
            for word in _OUTPUTS
        },
    )
