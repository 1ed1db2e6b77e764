"""Several runs that are folds of one data set, evaluated as one."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError, UsageError
from zoo.evaluation import run_evaluation, staged_folds, unknown_evidence
from zoo.evaluation.figures import last_stage as last_stage_figures
from zoo.evaluation.figures import style
from zoo.evaluation.last_stage import stage_file
from zoo.evaluation.predictions import average, predictions_file
from zoo.evaluation.predictions.by_patient import Levels, levels, levels_by_split
from zoo.evaluation.predictions.predictions import Predictions, join, of_split
from zoo.evaluation.results import evidence, last_stage, pooling
from zoo.evaluation.results import folds as fold_results
from zoo.evaluation.results.description import describe
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import shown_level
from zoo.recipes.recipe import Recipe
from zoo.runs import split_by_image
from zoo.runs.run import Run
from zoo.targets.target_output import TargetOutput

Pool = Callable[[Sequence[Predictions]], Predictions]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Folds:
    """What the folds' networks predict of one target and split.

    Args:
        names: of the folds that have a sample that knows the target.
        parts: both levels of each.
        pooled: of all together, by the split; empty where no fold has one.
    """

    names: tuple[str, ...]
    parts: tuple[Levels, ...]
    pooled: dict[str, Levels]


def write(
    paths: Sequence[str | Path],
    *,
    settings: Settings,
    out: str | Path,
    split: str = "test",
    prevalences: Sequence[float] = (),
) -> dict:
    """Pools one split of the runs; writes `out`'s metrics.json and figures.

    Beside what `run_evaluation.write` documents, with the pooled split alone, the
    result has `folds`: `level`; `rows`, one a run: `fold`, `samples`, and the values
    of the kind's `METRICS` (null where undefined); `summary`: by metric `mean`, `sd`
    (over folds, N - 1) and `folds`, the number of folds in which it is defined.
    Intervals are those of the pooled predictions. A pooled AUC also compares scores of
    different folds' networks, so it can lie below the mean of the folds' AUCs: `folds`
    says so under `pooled`, with `mean_auc` and `shift`, see `results.pooling`.
    `conformal`, of folds with a last stage, is of its sets, or of sets that each fold's
    own validation split calibrates, see `last_stage.conformal_sets.of_folds`.
    `baseline`, where the runs have one, has `folds` of its own. A further target that
    no sample of the split knows has only a `reason`.

    Args:
        split: `"test"`, or `"validation"` where all folds share one test split.
        prevalences: see `run_evaluation.write`.

    Raises:
        UsageError: a run is named twice.
        DataError: the runs are of different data sets or recipes, a patient is tested
            twice, or a run tests nobody.
    """
    return _save(_opened(paths), split, _pooled, settings, out, prevalences)


def write_nested(
    paths: Sequence[str | Path], *, settings: Settings, out: str | Path
) -> dict:
    """Pools the test split of runs whose recipes were chosen fold by fold.

    What is judged is the choosing, not one recipe: each was found without the patients
    that its run tests. Otherwise as `write`.

    Raises:
        UsageError: a run is named twice.
        DataError: the runs are of different data sets, a patient is tested twice, or a
            run tests nobody.
    """
    runs = _resumed(paths)
    _check_one_data_set(runs)
    return _save(runs, "test", _pooled, settings, out)


def write_holdout(
    paths: Sequence[str | Path],
    *,
    settings: Settings,
    out: str | Path,
    prevalences: Sequence[float] = (),
) -> dict:
    """Evaluates the mean of the folds' networks on the test split that they share.

    The probabilities of a sample are the mean over the networks; `folds` says what
    each of them reaches alone. Otherwise as `write`.

    Raises:
        DataError: the runs are of different data sets or recipes, or do not test the
            same samples.
    """
    return _save(_opened(paths), "test", average.mean, settings, out, prevalences)


def _opened(paths: Sequence[str | Path]) -> list[Run]:
    runs = _resumed(paths)
    _check_one_recipe(runs)
    _check_one_data_set(runs)
    return runs


def _resumed(paths: Sequence[str | Path]) -> list[Run]:
    if len({Path(path).resolve() for path in paths}) != len(paths):
        raise UsageError("a run is named twice. Name every fold's run once")
    return [Run.resume(path) for path in paths]


def _save(
    runs: Sequence[Run],
    split: str,
    pool: Pool,
    settings: Settings,
    out: str | Path,
    prevalences: Sequence[float] = (),
) -> dict:
    stages, shared = stage_file.of_runs(runs), pool is average.mean
    outputs = {output.target.name: output for output in runs[0].target_outputs}
    folds = {
        name: _read(
            runs, [run.predictions_of(name) for run in runs], output, split, pool
        )
        for name, output in outputs.items()
    }
    results = {
        name: _evaluate(runs, output, split, folds[name], pool, settings)
        for name, output in outputs.items()
    }
    staged = None
    if stages:
        added, staged = last_stage.evaluate(
            staged_folds.staged(runs, stages, split, shared=shared),
            stages,
            results[""],
            settings,
            prevalences,
            inside=None
            if stages[0].sets is not None
            else staged_folds.conformal(runs, split, results[""], shared=shared),
        )
        results[""] |= added
    unknown = unknown_evidence.of_folds(
        runs, stages, split, results[""], settings, shared=shared
    )
    if unknown is not None:
        results[""]["unknown_classes"] = unknown
    folder = run_evaluation.figures_folder(out)
    seen = _seen(runs, split, shared=shared)
    with style.captioned(run_evaluation.caption(seen, settings, runs[0].split_by)):
        for name, result in results.items():
            if folds[name].parts:
                level = shown_level(result)
                parts = [part.at(level) for part in folds[name].parts]
                pooled = folds[name].pooled
                result["figures"] = run_evaluation.draw(
                    folder, name, pooled, result, parts
                )
        if staged is not None:
            drawn = last_stage_figures.draw(folder, staged, results[""])
            results[""]["figures"] |= drawn
    if seen:
        results[""]["seen_patients"] = seen
    results[""] |= split_by_image.entry(runs[0].split_by)
    return run_evaluation.save(folder.parent, run_evaluation.with_further(results))


def _seen(runs: Sequence[Run], split: str, *, shared: bool) -> dict[str, int]:
    """Patients of the split who trained the first weights of the runs.

    Args:
        shared: whether the split is the same in all runs, and not another in each.
    """
    counts = [run.seen_patients.get(split, 0) for run in runs]
    count = max(counts) if shared else sum(counts)
    return {split: count} if count else {}


def _evaluate(
    runs: Sequence[Run],
    target_output: TargetOutput,
    split: str,
    folds: _Folds,
    pool: Pool,
    settings: Settings,
) -> dict:
    """The evidence on one target but the figures.

    Of a further target that no sample of the split knows, a `reason`.
    """
    if not folds.parts:
        return {"reason": f"no {split} sample knows it"}
    result = evidence.evaluate(folds.pooled, describe(runs[0].task), settings)
    level = shown_level(result)
    result["folds"] = fold_results.table(folds.names, folds.parts, level)
    if pool is not average.mean:
        parts = [part.at(level) for part in folds.parts]
        result["folds"] |= pooling.of_folds(parts, settings.confidence)
    recipe = runs[0].recipe
    if recipe.baseline_covariates:
        paths = [run.baseline_of(target_output.target.name) for run in runs]
        beside = _read(runs, paths, target_output, split, pool)
        result["baseline"] = {
            **evidence.evaluate_baseline(beside.pooled, recipe, settings),
            "folds": fold_results.table(beside.names, beside.parts, level),
        }
    return result


def _check_one_recipe(runs: Sequence[Run]) -> None:
    first = _experiment(runs[0])
    for run in runs[1:]:
        if _experiment(run) != first:
            raise DataError(
                f"{run.path} and {runs[0].path} were trained by different recipes. "
                "The folds of one cross-validation share all but the seed"
            )


def _check_one_data_set(runs: Sequence[Run]) -> None:
    for run in runs[1:]:
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


def _pooled(parts: Sequence[Predictions]) -> Predictions:
    _check_tested_once(parts)
    return join(parts)


def _read(
    runs: Sequence[Run],
    paths: Sequence[Path],
    target_output: TargetOutput,
    split: str,
    pool: Pool,
) -> _Folds:
    """What the folds' files say of the split.

    Folds without a sample that knows a further target are left out; without one that
    knows the main target they are an error.
    """
    names, parts = [], []
    for number, (run, path) in enumerate(zip(runs, paths), start=1):
        part = of_split(predictions_file.read(path, target_output.target), split)
        if len(part):
            names.append(run.fold or str(number))
            parts.append(part)
        elif not target_output.target.name:
            raise DataError(f"{run.path} has no {split} predictions to pool")
    return _Folds(
        names=tuple(names),
        parts=tuple(levels(part) for part in parts),
        pooled=levels_by_split(pool(parts)) if parts else {},
    )


def _check_tested_once(tests: Sequence[Predictions]) -> None:
    runs = Counter(patient for test in tests for patient in set(test.patient_id))
    twice = sorted(patient for patient, count in runs.items() if count > 1)
    if twice:
        raise DataError(
            f"{len(twice)} patient(s) are tested in more than one run, e.g. "
            f"{twice[0]}, so these are not the folds of a cross-validation. Name one "
            "run of every fold; runs that share a held-out test set are judged singly"
        )
