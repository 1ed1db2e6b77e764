"""The evidence of one run: metrics.json and the figures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.errors import DataError
from pipelines.storage import atomic_files
from zoo.evaluation.figures import learning_curves, style
from zoo.evaluation.figures.by_kind import FIGURES
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import Levels, levels_by_split
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results import evidence
from zoo.evaluation.results.by_kind import kind_of
from zoo.evaluation.results.description import Description, describe
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import shown_level
from zoo.runs import history, seen_patients
from zoo.runs.history import best
from zoo.runs.run import Run
from zoo.targets.target_output import TargetOutput


def write(
    run_directory: str | Path,
    *,
    confidence: float,
    bootstrap: int,
    seed: int,
    out: str | Path | None = None,
) -> dict:
    """Evaluates a run's predictions; writes `metrics.json` and `figures/*.png`.

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
      own: `multilabel` with `labels`, see `results.multilabel`; `regression` with
      `columns`, see `results.regression`; `ordinal`, which has `classes` too, with
      further metrics, see `metrics.ordinal`
    - `figures`: file name -> "" or why it was not drawn
    - `further_targets`: only of runs with some: by name, all of the above
    - `baseline`: only of runs with covariates: `covariates` and, as above, `splits` of
      a logistic regression on these alone
    - `folds`: only of pooled folds, see `pooled_folds.write`
    - `ensemble`: only of ensembles, see `zoo.ensembling.evidence.write`
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
        UsageError: no such directory.
        DataError: a file of the run is missing or damaged, or a patient stands in two
            splits.
    """
    run = Run.resume(run_directory)
    settings = Settings(confidence=confidence, bootstrap=bootstrap, seed=seed)
    rows = history.read(run.history_path)
    splits = {
        output.target.name: _read(run.predictions_of(output.target.name), output)
        for output in run.target_outputs
    }
    results = {
        output.target.name: _evaluate(run, output, splits[output.target.name], settings)
        for output in run.target_outputs
    }
    folder = figures_folder(run.path if out is None else out)
    monitor = run.recipe.optimisation.monitor
    with style.captioned(seen_patients.note(run.seen_patients)):
        for name, result in results.items():
            result["figures"] = draw(folder, name, splits[name], result)
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


def _read(path: Path, target_output: TargetOutput) -> dict[str, Levels]:
    return levels_by_split(predictions_file.read(path, target_output.target))


def _evaluate(
    run: Run,
    target_output: TargetOutput,
    splits: Mapping[str, Levels],
    settings: Settings,
) -> dict:
    """The evidence on one target but the figures."""
    result = evidence.evaluate(splits, describe(run.task), settings)
    if run.recipe.baseline_covariates:
        path = run.baseline_of(target_output.target.name)
        beside = _read(path, target_output)
        result["baseline"] = evidence.evaluate_baseline(beside, run.recipe, settings)
    return result


def draw(
    folder: Path,
    name: str,
    splits: Mapping[str, Levels],
    result: dict,
    folds: Sequence[Predictions] = (),
) -> dict[str, str]:
    """Draws the figures of a target; a further one has a folder of its own.

    Args:
        folder: `figures/`.
        name: of the target; "" = the main one.
        splits: the predictions that `result` is on.
        folds: parts of a pooled split, at the level that `shown_level` names.
    Returns:
        place below `folder` -> "" or the reason why it was not drawn.
    """
    target_folder = folder / name
    target_folder.mkdir(exist_ok=True)
    level = shown_level(result)
    views = {split: levels.at(level) for split, levels in splits.items()}
    figures = FIGURES[kind_of(result)](target_folder, views, result, folds)
    start = f"{name}/" if name else ""
    return {start + figure: reason for figure, reason in figures.items()}


def write_bare(path: str | Path, *, settings: Settings, out: str | Path | None) -> dict:
    """Evaluates a predictions.csv from elsewhere; writes to `out`, if it is given.

    The positive class of two is the second in the order of the header.
    """
    splits = levels_by_split(predictions_file.read(path))
    result = evidence.evaluate(splits, Description(), settings)
    if out is None:
        return result
    folder = figures_folder(out)
    return save(folder.parent, {**result, "figures": draw(folder, "", splits, result)})


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
