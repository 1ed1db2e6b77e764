"""What the outer folds of a sweep say of the whole search."""

import math
from dataclasses import dataclass

from pipelines.errors import DataError
from tuning.trials import outer_folds, results
from tuning.trials import sweep as sweeps
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial
from zoo.runs import json_objects


@dataclass(frozen=True, kw_only=True)
class OuterFold:
    """The search without one outer fold, and what its choice is worth on that.

    Args:
        trials: that it has tried so far.
        winner: the best one so far; none where none was completed.
        tested: the objective of the winner's recipe on the outer fold's samples; none
            where that is not there yet, or undefined.
        patients: of the outer fold; none where they were not judged yet.
    """

    fold: str
    trials: int = 0
    winner: Trial | None = None
    tested: float | None = None
    patients: int | None = None


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """The first metric to look at, of all outer folds' patients.

    Args:
        title: of the metric.
        value: none where it is undefined.
        interval: low, high; none where it is undefined.
        confidence: of the interval, a share.
        level: `"patient"` or `"sample"`.
        count: of patients or samples.
    """

    title: str
    value: float | None
    interval: tuple[float, float] | None
    confidence: float
    level: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Nested:
    """All outer folds.

    Args:
        pooled: none until the choice of every outer fold is judged.
    """

    folds: tuple[OuterFold, ...]
    pooled: Pooled | None = None


def nested(sweep: Sweep) -> Nested | None:
    """What stands in a sweep's directory; none of one without outer folds.

    Raises:
        DataError: a file that does not read.
    """
    names = [str(number) for number in range(sweep.settings.outer_folds)]
    if not names:
        return None
    folds = tuple(_outer_fold(sweep, name) for name in names)
    whole = all(fold.patients is not None for fold in folds)
    path = outer_folds.metrics_path(sweep)
    pooled = _pooled(json_objects.read(path)) if whole and path.is_file() else None
    return Nested(folds=folds, pooled=pooled)


def _outer_fold(sweep: Sweep, name: str) -> OuterFold:
    path = outer_folds.sweep_path(sweep, name)
    if not sweeps.is_there(path):
        return OuterFold(fold=name)
    inner = sweeps.opened(path)
    trials = results.trials(inner)
    best = results.best(inner, trials)
    fold = {"fold": name, "trials": len(trials), "winner": best}
    if best is None or not outer_folds.is_judged(inner, best):
        return OuterFold(**fold)
    tested, patients = _tested(inner)
    return OuterFold(**fold, tested=tested, patients=patients)


def _tested(inner: Sweep) -> tuple[float | None, int]:
    """The objective on the patients that a sweep never saw, and their number."""
    from zoo.evaluation.comparison import objectives
    from zoo.evaluation.predictions import predictions_file
    from zoo.evaluation.predictions.predictions import of_split

    path = outer_folds.run_path(inner) / results.PREDICTIONS
    test = of_split(predictions_file.read(path), "test")
    patients = len(set(test.patient_id))
    objective = objectives.named(inner.settings.objective)
    if not objective.from_predictions(test.kind):
        return None, patients
    figure = objective.of(test)
    return (figure if math.isfinite(figure) else None), patients


def _pooled(evidence: dict) -> Pooled:
    from zoo.evaluation.results.by_kind import RESULTS, kind_of
    from zoo.evaluation.results.shown import preferred, shown_level

    try:
        level = shown_level(evidence)
        of_level = evidence["splits"]["test"][level]
        title, entry = RESULTS[kind_of(evidence)].headline(of_level)
        interval = preferred(entry)
        return Pooled(
            title=title,
            value=entry["value"],
            interval=interval and (interval["low"], interval["high"]),
            confidence=evidence["confidence"],
            level=level,
            count=of_level["patients" if level == "patient" else "samples"],
        )
    except (KeyError, TypeError) as error:
        raise DataError(
            f"metrics.json of the outer folds does not read: {error!r}. Remove it and "
            "give the sweep's command again"
        ) from error
