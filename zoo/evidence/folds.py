"""Several runs that are folds of one data set, judged as one."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from pipelines.errors import DataError, UsageError
from zoo.evidence import metrics, portfolio, predictions, report
from zoo.evidence.description import describe
from zoo.evidence.judgement import Settings
from zoo.evidence.predictions import Predictions, join, of_split
from zoo.recipe import Recipe
from zoo.run import Run


def write(
    paths: Sequence[str | Path],
    *,
    settings: Settings,
    out: str | Path,
    split: str = "test",
) -> dict:
    """Pools one split of the runs; writes `out`'s metrics.json and figures.

    Beside what `report.write` documents, with the pooled split alone, the result
    has `folds`: `level`; `rows`, one a run: `fold`, `samples`, and the values of
    `metrics.OVERALL` (null where undefined); `summary`: by metric `mean`, `sd` (over
    folds, N - 1) and `folds`, the number of folds in which it is defined. Intervals
    are those of the pooled predictions. A pooled AUC also compares scores of
    different folds' networks, so it can lie below the mean of the folds' AUCs.
    `baseline`, where the runs have one, has `folds` of its own.

    Args:
        split: `"test"`, or `"validation"` where all folds share one test split.

    Raises:
        UsageError: a run is named twice.
        DataError: the runs are of different data sets or recipes, a patient is tested
            twice, or a run tests nobody.
    """
    return _save(_opened(paths), split, _pooled, settings, out)


def write_holdout(
    paths: Sequence[str | Path], *, settings: Settings, out: str | Path
) -> dict:
    """Judges the mean of the folds' networks on the test split that they share.

    The probabilities of a sample are the mean over the networks; `folds` says what
    each of them reaches alone. Otherwise as `write`.

    Raises:
        DataError: the runs are of different data sets or recipes, or do not test the
            same samples.
    """
    return _save(_opened(paths), "test", mean, settings, out)


def mean(parts: Sequence[Predictions]) -> Predictions:
    """The mean of the probabilities that several networks give the same samples.

    Its logits are the logarithm of the mean.

    Raises:
        DataError: other samples or labels.
    """
    first = parts[0]
    total = np.zeros_like(first.probabilities)
    for part in parts:
        row = {sample: number for number, sample in enumerate(part.sample_id)}
        if set(row) != set(first.sample_id):
            raise DataError(
                "the runs do not test the same samples, so their networks can't be "
                "averaged. Name the runs of one cross-validation with a hold-out set"
            )
        same = predictions.take(part, [row[sample] for sample in first.sample_id])
        if not np.array_equal(same.label, first.label):
            raise DataError("the runs give a sample different labels. Train them anew")
        total += same.probabilities
    probabilities = total / len(parts)
    return dataclasses.replace(
        first,
        fold=("",) * len(first),
        probabilities=probabilities,
        logits=np.log(np.maximum(probabilities, np.finfo(float).tiny)),
    )


def _opened(paths: Sequence[str | Path]) -> list[Run]:
    if len({Path(path).resolve() for path in paths}) != len(paths):
        raise UsageError("a run is named twice. Name every fold's run once")
    runs = [Run.resume(path) for path in paths]
    _check_one_experiment(runs)
    return runs


def _save(
    runs: Sequence[Run],
    split: str,
    together: Callable[[Sequence[Predictions]], Predictions],
    settings: Settings,
    out: str | Path,
) -> dict:
    tests = [_part(run, run.predictions_path, split) for run in runs]
    pooled = together(tests)
    result = report.evidence(pooled, describe(runs[0].task), settings)
    level = portfolio.shown_level(result)
    names = [run.fold or str(number) for number, run in enumerate(runs, start=1)]
    result["folds"] = _table(names, tests, level)
    if runs[0].recipe.baseline_covariates:
        beside = [_part(run, run.baseline_path, split) for run in runs]
        result["baseline"] = {
            **report.baseline(together(beside), runs[0].recipe, settings),
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
    first = _experiment(runs[0])
    for run in runs[1:]:
        if _experiment(run) != first:
            raise DataError(
                f"{run.path} and {runs[0].path} were trained by different recipes. "
                "The folds of one cross-validation share all but the seed"
            )
        if run.data_digest != runs[0].data_digest or run.classes != runs[0].classes:
            raise DataError(
                f"{run.path} and {runs[0].path} were trained on different data sets. "
                "Only the folds of one data set can be pooled"
            )


def _experiment(run: Run) -> Recipe:
    """The recipe without what each fold has of its own: the seed, a rate it found."""
    optimisation = run.recipe.optimisation
    if run.range_test_path.is_file():
        optimisation = dataclasses.replace(optimisation, learning_rate="auto")
    return dataclasses.replace(run.recipe, seed=0, optimisation=optimisation)


def _pooled(parts: Sequence[Predictions]) -> Predictions:
    _check_tested_once(parts)
    return join(parts)


def _table(names: Sequence[str], tests: Sequence[Predictions], level: str) -> dict:
    return table(names, [portfolio.at_level(test, level) for test in tests], level)


def _part(run: Run, path: Path, split: str) -> Predictions:
    found = of_split(predictions.read(path, run.classes), split)
    if not len(found):
        raise DataError(f"{run.path} has no {split} predictions to pool")
    return found


def _check_tested_once(tests: Sequence[Predictions]) -> None:
    runs = Counter(patient for test in tests for patient in set(test.patient_id))
    twice = sorted(patient for patient, count in runs.items() if count > 1)
    if twice:
        raise DataError(
            f"{len(twice)} patient(s) are tested in more than one run, e.g. "
            f"{twice[0]}, so these are not the folds of a cross-validation. Name one "
            "run of every fold; runs that share a held-out test set are judged singly"
        )
