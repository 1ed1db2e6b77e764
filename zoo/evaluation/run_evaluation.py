"""The evidence of one run: metrics.json and the figures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.errors import DataError
from pipelines.storage import atomic_files
from zoo.evaluation import target_kinds
from zoo.evaluation.figures import learning_curves, style
from zoo.evaluation.predictions.by_patient import check_no_leak
from zoo.evaluation.predictions.table import SPLITS
from zoo.evaluation.results.classification import Settings
from zoo.evaluation.results.description import Description, describe
from zoo.evaluation.target_kinds import AnyPredictions
from zoo.recipes.recipe import Recipe
from zoo.runs import history, seen_patients
from zoo.runs.history import best
from zoo.runs.run import Run
from zoo.targets.target_output import TargetOutput

FORMAT = 1


def write(
    run_directory: str | Path,
    *,
    confidence: float,
    bootstrap: int,
    seed: int,
    out: str | Path | None = None,
) -> dict:
    """Judges a run's predictions; writes `metrics.json` and `figures/*.png`.

    Reads recipe.toml, dataset.json, predictions.csv, baseline.csv and history.csv.
    `metrics.json`, which is also what is returned:

    - `format`: 1
    - `task`, `unit`: of the data set; "" for predictions from elsewhere
    - `classes`; `positive_class` (class 1 of two, else null)
    - `confidence`; `bootstrap`: `resamples`, `seed`
    - `splits`: by split, then by level `patient` (mean of a patient's probabilities)
      and `sample`; a level is `{"defined": false, "reason"}` or
        - `defined`: true; `samples`, `patients`, `samples_per_class` (by patient, a
          sample is a patient)
        - `resampling`: what the bootstrap drew: `patients within classes`, `patients`
          (where patients have samples of several classes) or `none: <reason>`
        - `accuracy`, `balanced_accuracy`, `auc`, `kappa`, `log_loss`, `brier`: entries
        - `per_class`: by class: `sensitivity`, `specificity`, `ppv`, `npv`, `f1`,
          `kappa`, `auc`, one against the rest: entries
        - `confusion`: counts, rows the true and columns the predicted class

      A target of another kind has a `kind` in place of `classes`, and levels of its
      own: `multilabel` with `labels`, see `label_judgement`; `regression` with
      `columns`, see `number_judgement`; `ordinal`, which has `classes` too, with
      further metrics, see `grade_judgement`
    - `figures`: file name -> "" or why it was not drawn
    - `further_targets`: only of runs with some: by name, all of the above
    - `baseline`: only of runs with covariates: `covariates` and, as above, `splits` of
      a logistic regression on these alone
    - `folds`: only of pooled folds, see `folds.write`
    - `seen_patients`: only of runs that were allowed to begin with the weights of a run
      which patients of these splits trained: how many, by split

    An entry is `{"value": number or null, "intervals": {method: interval}}`, with a
    `reason` where the value is null. Methods are `bootstrap` (percentiles over
    patients), `wilson` (proportions) and `delong` (AUC of one class); the latter
    two hold, and stand, only where every patient counts once. An interval is `{"low",
    "high"}`, both null beside a `reason` where it is not defined, and
    `undefined_resamples` where some were left out.

    Args:
        confidence: level of the intervals.
        bootstrap: resamples of patients.
        seed: of the resampling.
        out: directory to write to, made if need be; none = the run's own.
    Raises:
        DataError: a file of the run is missing or damaged, or a patient stands in two
            splits.
    """
    run = Run.resume(run_directory)
    settings = Settings(confidence=confidence, bootstrap=bootstrap, seed=seed)
    rows = history.read(run.history_path)
    found = [_read(run, target_output) for target_output in run.target_outputs]
    results = {
        target_output.target.name: _judged(run, target_output, one, settings)
        for target_output, one in zip(run.target_outputs, found)
    }
    folder = figures_folder(run.path if out is None else out)
    monitor = run.recipe.optimisation.monitor
    with style.captioned(seen_patients.note(run.seen_patients)):
        for (name, result), one in zip(results.items(), found):
            result["figures"] = drawn(folder, name, one, result)
        learning_curves.draw(
            folder / "learning.png", rows, best(rows, monitor), monitor=monitor
        )
    main = results[""]
    main["figures"] = {"learning.png": "", **main["figures"]}
    if run.seen_patients:
        main["seen_patients"] = run.seen_patients
    return save(folder.parent, with_further(results))


def with_further(results: Mapping[str, dict]) -> dict:
    """The evidence on the main target with that on the further ones.

    Args:
        results: by the name of the target; "" = the main one.
    """
    further = {name: result for name, result in results.items() if name}
    return results[""] | ({"further_targets": further} if further else {})


def _read(run: Run, target_output: TargetOutput) -> AnyPredictions:
    path = run.predictions_of(target_output.target.name)
    return target_kinds.KINDS[target_output.kind.name].read(path, target_output.target)


def _judged(
    run: Run, target_output: TargetOutput, found: AnyPredictions, settings: Settings
) -> dict:
    """The evidence on one target but the figures."""
    result = evidence(found, describe(run.task), settings)
    if run.recipe.baseline_covariates:
        path = run.baseline_of(target_output.target.name)
        beside = target_kinds.KINDS[target_output.kind.name].read(
            path, target_output.target
        )
        result["baseline"] = baseline(beside, run.recipe, settings)
    return result


def drawn(
    folder: Path,
    name: str,
    found: AnyPredictions,
    result: dict,
    folds: Sequence[AnyPredictions] = (),
) -> dict[str, str]:
    """Draws the figures of a target; a further one has a folder of its own.

    Args:
        folder: `figures/`.
        name: of the target; "" = the main one.
        folds: as of `portfolio.draw`.
    Returns:
        place below `folder` -> "" or the reason why it was not drawn.
    """
    own = folder / name
    own.mkdir(exist_ok=True)
    start = f"{name}/" if name else ""
    figures = target_kinds.of(found).draw(own, found, result, folds)
    return {start + figure: reason for figure, reason in figures.items()}


def write_bare(path: str | Path, *, settings: Settings, out: str | Path | None) -> dict:
    """Judges a predictions.csv from elsewhere; writes to `out`, if it is given.

    The positive class of two is the second in the order of the header.
    """
    kind = target_kinds.of_file(Path(path))
    found = kind.read(Path(path), None)
    result = evidence(found, Description(), settings)
    if out is None:
        return result
    folder = figures_folder(out)
    return save(folder.parent, {**result, "figures": kind.draw(folder, found, result)})


def evidence(
    found: AnyPredictions, description: Description, settings: Settings
) -> dict:
    """Everything of `metrics.json` on one target but the figures."""
    check_no_leak(found)
    return {
        "format": FORMAT,
        "task": description.task,
        "unit": description.unit,
        **target_kinds.of(found).described(found),
        "confidence": settings.confidence,
        "bootstrap": {"resamples": settings.bootstrap, "seed": settings.seed},
        "splits": _splits(found, settings),
    }


def baseline(found: AnyPredictions, recipe: Recipe, settings: Settings) -> dict:
    """What `metrics.json` says of the regression on covariates alone."""
    check_no_leak(found)
    return {
        "covariates": list(recipe.baseline_covariates),
        "splits": _splits(found, settings),
    }


def _splits(found: AnyPredictions, settings: Settings) -> dict:
    kind = target_kinds.of(found)
    return {
        split: kind.judge(kind.of_split(found, split), settings)
        for split in SPLITS
        if split in found.split
    }


def figures_folder(directory: str | Path) -> Path:
    """Makes `directory/figures`.

    Raises:
        DataError: it can't be made.
    """
    folder = Path(directory) / "figures"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"{folder} can't be made: {error.strerror}. Choose another --out"
        ) from error
    return folder


def save(directory: Path, result: dict) -> dict:
    """Writes `metrics.json`, last of all, and gives back what it holds."""
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    atomic_files.write_text(directory / "metrics.json", text + "\n")
    return result
