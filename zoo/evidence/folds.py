"""Several runs that are folds of one data set, judged as one."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipelines.errors import DataError, UsageError
from zoo.evidence import metrics, portfolio, predictions, report
from zoo.evidence.description import describe
from zoo.evidence.judgement import Settings
from zoo.evidence.predictions import Predictions, join, of_split
from zoo.run import Run


def write(paths: Sequence[str | Path], *, settings: Settings, out: str | Path) -> dict:
    """Pools the runs' test predictions; writes `out`'s metrics.json and figures.

    Beside what `report.write` documents, with the pooled test split alone, the result
    has `folds`: `level`; `rows`, one a run: `fold`, `samples`, and the values of
    `metrics.OVERALL` (null where undefined); `summary`: by metric `mean`, `sd` (over
    folds, N - 1) and `folds`, the number of folds in which it is defined. Intervals
    are those of the pooled predictions. A pooled AUC also compares scores of
    different folds' networks, so it can lie below the mean of the folds' AUCs.
    `baseline`, where the runs have one, has `folds` of its own.

    Raises:
        UsageError: a run is named twice.
        DataError: the runs are of different data sets or recipes, a patient is tested
            twice, or a run tests nobody.
    """
    if len({Path(path).resolve() for path in paths}) != len(paths):
        raise UsageError("a run is named twice. Name every fold's run once")
    runs = [Run.resume(path) for path in paths]
    _check_one_experiment(runs)
    description = describe(runs[0].task)
    tests = [_test_split(run, run.predictions_path) for run in runs]
    _check_tested_once(tests)
    pooled = join(tests)
    result = report.evidence(pooled, description, settings)
    level = portfolio.shown_level(result)
    names = [run.fold or str(number) for number, run in enumerate(runs, start=1)]
    result["folds"] = _table(names, tests, level)
    if runs[0].recipe.baseline_covariates:
        beside = [_test_split(run, run.baseline_path) for run in runs]
        result["baseline"] = {
            **report.baseline(join(beside), runs[0].recipe, settings),
            "folds": _table(names, beside, level),
        }
    folder = report.figures_folder(out)
    drawn = portfolio.draw(folder, pooled, result, tests)
    return report.save(folder.parent, {**result, "figures": drawn})


def table(names: Sequence[str], folds: Sequence[Predictions], level: str) -> dict:
    """Each fold's metrics, and their mean and standard deviation."""
    rows = []
    for name, fold in zip(names, folds):
        found = metrics.measure(fold.label, fold.probabilities, fold.classes)
        values = {
            metric: None if measure.reason else measure.value
            for metric, measure in found.overall.items()
        }
        rows.append({"fold": name, "samples": len(fold), **values})
    summary = {}
    for metric in metrics.OVERALL:
        values = [row[metric] for row in rows if row[metric] is not None]
        summary[metric] = {
            "mean": float(np.mean(values)) if values else None,
            "sd": float(np.std(values, ddof=1)) if len(values) > 1 else None,
            "folds": len(values),
        }
    return {"level": level, "rows": rows, "summary": summary}


def _check_one_experiment(runs: Sequence[Run]) -> None:
    first = dataclasses.replace(runs[0].recipe, seed=0)
    for run in runs[1:]:
        if dataclasses.replace(run.recipe, seed=0) != first:
            raise DataError(
                f"{run.path} and {runs[0].path} were trained by different recipes. "
                "The folds of one cross-validation share all but the seed"
            )
        if run.data_digest != runs[0].data_digest or run.classes != runs[0].classes:
            raise DataError(
                f"{run.path} and {runs[0].path} were trained on different data sets. "
                "Only the folds of one data set can be pooled"
            )


def _table(names: Sequence[str], tests: Sequence[Predictions], level: str) -> dict:
    return table(names, [portfolio.at_level(test, level) for test in tests], level)


def _test_split(run: Run, path: Path) -> Predictions:
    test = of_split(predictions.read(path, run.classes), "test")
    if not len(test):
        raise DataError(f"{run.path} has no test predictions to pool")
    return test


def _check_tested_once(tests: Sequence[Predictions]) -> None:
    runs = Counter(patient for test in tests for patient in set(test.patient_id))
    twice = sorted(patient for patient, count in runs.items() if count > 1)
    if twice:
        raise DataError(
            f"{len(twice)} patient(s) are tested in more than one run, e.g. "
            f"{twice[0]}, so these are not the folds of a cross-validation. Name one "
            "run of every fold; runs that share a held-out test set are judged singly"
        )
