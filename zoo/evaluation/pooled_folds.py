"""Several runs that are folds of one data set, judged as one."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from pipelines.errors import DataError, UsageError
from zoo.evaluation import run_evaluation, target_kinds
from zoo.evaluation.figures import classification as classification_figures
from zoo.evaluation.figures import style
from zoo.evaluation.predictions import average as average_predictions
from zoo.evaluation.results.classification import Settings
from zoo.evaluation.results.description import describe
from zoo.evaluation.target_kinds import AnyPredictions
from zoo.recipes.recipe import Recipe
from zoo.runs import seen_patients
from zoo.runs.run import Run
from zoo.targets.target_output import TargetOutput


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
    `baseline`, where the runs have one, has `folds` of its own. A further target that
    no sample of the split knows has only a `reason`.

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
    return _save(_opened(paths), "test", average_predictions.mean, settings, out)


def _opened(paths: Sequence[str | Path]) -> list[Run]:
    if len({Path(path).resolve() for path in paths}) != len(paths):
        raise UsageError("a run is named twice. Name every fold's run once")
    runs = [Run.resume(path) for path in paths]
    _check_one_experiment(runs)
    return runs


def _save(
    runs: Sequence[Run],
    split: str,
    together: Callable[[Sequence[AnyPredictions]], AnyPredictions],
    settings: Settings,
    out: str | Path,
) -> dict:
    judged = {
        target_output.target.name: _judged(
            runs, target_output, split, together, settings
        )
        for target_output in runs[0].target_outputs
    }
    folder = run_evaluation.figures_folder(out)
    seen = _seen(runs, split, shared=together is average_predictions.mean)
    with style.captioned(seen_patients.note(seen)):
        for name, (result, tests) in judged.items():
            if tests:
                pooled = together(tests)
                result["figures"] = run_evaluation.drawn(
                    folder, name, pooled, result, tests
                )
    results = {name: result for name, (result, _) in judged.items()}
    if seen:
        results[""]["seen_patients"] = seen
    return run_evaluation.save(folder.parent, run_evaluation.with_further(results))


def _seen(runs: Sequence[Run], split: str, *, shared: bool) -> dict[str, int]:
    """Patients of the split who trained the first weights of the runs.

    Args:
        shared: whether the split is the same in all runs, and not another in each.
    """
    counts = [run.seen_patients.get(split, 0) for run in runs]
    count = max(counts) if shared else sum(counts)
    return {split: count} if count else {}


def _judged(
    runs: Sequence[Run],
    target_output: TargetOutput,
    split: str,
    together: Callable[[Sequence[AnyPredictions]], AnyPredictions],
    settings: Settings,
) -> tuple[dict, list[AnyPredictions]]:
    """The evidence on one target, figures apart, and what they are drawn from.

    A further target that no sample of the split knows has no part, and a `reason`.
    """
    name = target_output.target.name
    names, tests = _parts(
        runs, [run.predictions_of(name) for run in runs], target_output, split
    )
    if not tests:
        return {"reason": f"no {split} sample knows it"}, []
    result = run_evaluation.evidence(together(tests), describe(runs[0].task), settings)
    level = classification_figures.shown_level(result)
    result["folds"] = table(names, tests, level)
    if runs[0].recipe.baseline_covariates:
        places = [run.baseline_of(name) for run in runs]
        names, beside = _parts(runs, places, target_output, split)
        result["baseline"] = {
            **run_evaluation.baseline(together(beside), runs[0].recipe, settings),
            "folds": table(names, beside, level),
        }
    return result, tests


def table(names: Sequence[str], folds: Sequence[AnyPredictions], level: str) -> dict:
    """Each fold's metrics at a level, and their mean and standard deviation."""
    rows, metrics = [], []
    for name, fold in zip(names, folds):
        kind = target_kinds.of(fold)
        found = kind.by_patient(fold) if level == "patient" else fold
        values = {
            metric: None if measure.reason else measure.value
            for metric, measure in kind.values(found).items()
        }
        metrics = [*values]
        rows.append({"fold": name, "samples": len(found), **values})
    summary = {}
    for metric in metrics:
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
        if run.data_digest != runs[0].data_digest or run.task != runs[0].task:
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


def _pooled(parts: Sequence[AnyPredictions]) -> AnyPredictions:
    _check_tested_once(parts)
    return target_kinds.of(parts[0]).join(parts)


def _parts(
    runs: Sequence[Run], places: Sequence[Path], target_output: TargetOutput, split: str
) -> tuple[list[str], list[AnyPredictions]]:
    """The names of the folds, and what their files say of the split.

    Folds without a sample that knows a further target are left out; without one that
    knows the main target they are an error.
    """
    kind = target_kinds.KINDS[target_output.kind.name]
    names, parts = [], []
    for number, (run, path) in enumerate(zip(runs, places), start=1):
        found = kind.of_split(kind.read(path, target_output.target), split)
        if len(found):
            names.append(run.fold or str(number))
            parts.append(found)
        elif not target_output.target.name:
            raise DataError(f"{run.path} has no {split} predictions to pool")
    return names, parts


def _check_tested_once(tests: Sequence[AnyPredictions]) -> None:
    runs = Counter(patient for test in tests for patient in set(test.patient_id))
    twice = sorted(patient for patient, count in runs.items() if count > 1)
    if twice:
        raise DataError(
            f"{len(twice)} patient(s) are tested in more than one run, e.g. "
            f"{twice[0]}, so these are not the folds of a cross-validation. Name one "
            "run of every fold; runs that share a held-out test set are judged singly"
        )
