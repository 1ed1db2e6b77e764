"""The evidence of one run: metrics.json and the figures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.errors import DataError
from pipelines.storage import atomic_files
from zoo.evaluation import unknown_evidence
from zoo.evaluation.figures import formats, learning_curves, style
from zoo.evaluation.figures import last_stage as last_stage_figures
from zoo.evaluation.figures.by_kind import FIGURES
from zoo.evaluation.last_stage import conformal_sets, stage_file
from zoo.evaluation.last_stage import staged as staged_predictions
from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.last_stage.staged import StagedPredictions
from zoo.evaluation.last_stage.unknown_samples import UnknownSamples
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import Levels, levels_by_split
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results import evidence, last_stage
from zoo.evaluation.results.by_kind import kind_of
from zoo.evaluation.results.description import Description, describe
from zoo.evaluation.results.settings import CASE_CONTROL, Settings
from zoo.evaluation.results.shown import shown_level
from zoo.runs import history, seen_patients, split_by_image
from zoo.runs.history import best
from zoo.runs.run import Run
from zoo.targets.target_output import TargetOutput


def write(
    run_directory: str | Path,
    *,
    settings: Settings,
    out: str | Path | None = None,
    prevalences: Sequence[float] = (),
    unknown_samples: UnknownSamples | None = None,
) -> dict:
    """Evaluates a run's predictions; writes `metrics.json` and `figures/*.png`.

    Reads recipe.toml, dataset.json, predictions.csv, baseline.csv and history.csv, and
    of a run with a last stage last_stage.json.
    `metrics.json`, which is also what is returned:

    - `format`: 1
    - `task`, `unit`: of the data set; "" for predictions from elsewhere
    - `classes`; `positive_class` (class 1 of two, else null)
    - `confidence`; `bootstrap`: `resamples`, `seed`
    - `design`: `cohort` or `case_control`, see `recipe.Evaluation`
    - `splits`: by split, then by level `patient` (mean of a patient's probabilities)
      and `sample`; a level is `{"defined": false, "reason"}` or
        - `defined`: true; `samples`, `patients`, `samples_per_class` (by patient, a
          sample is a patient)
        - `resampling`: what the bootstrap drew: `patients` (freely; also of a
          case-control design where patients have samples of several classes),
          `patients within classes` (of a case-control design) or `none: <reason>`
        - `left_out`: only by patient, and where some are: `patients`, how many have
          samples of different classes, and `names`, their pseudonyms
        - `accuracy`, `balanced_accuracy`, `auc`, `average_precision`, `kappa`, `mcc`,
          `log_loss`, `brier`: entries
        - `per_class`: by class: `sensitivity`, `specificity`, `ppv`, `npv`, `accuracy`
          = (TP + TN) / N, `balanced_accuracy` = (sensitivity + specificity) / 2, `f1`,
          `kappa`, `mcc`, `auc`, `average_precision`, one against the rest: entries
        - `confusion`: counts, rows the true and columns the predicted class

      A target of another kind has a `kind` in place of `classes`, and levels of its
      own: `multilabel` with `labels`, see `results.multilabel`; `regression` with
      `columns`, see `results.regression`; `ordinal`, which has `classes` too, with
      further metrics, see `metrics.ordinal`
    - `calibration`: of classes and grades, see `results.calibration.of_last_split`; of
      labels, see `results.label_calibration.of_last_split`
    - `last_stage`, `operating_point`, `decision_curve`, `rejection`, `conformal`: only
      of runs with a last stage, see `results.last_stage.evaluate`; `splits` stay as the
      network alone predicts
    - `unknown_classes`: only of runs whose recipe holds out classes, see
      `results.unknown_classes.evaluate`; these have no part in anything else
    - `figures`: file name -> "" or why it was not drawn; PNG, and beside it the
      formats that were asked for
    - `further_targets`: only of runs with some: by name, all of the above
    - `subgroups`: only of evaluations that were asked for some (`zoo.evaluate --by`),
      see `subgroups.subgroups.evaluate`; subgroups.csv has the same as rows
    - `baseline`: only of runs with covariates: `covariates` and, as above, `splits` of
      a logistic regression on these alone
    - `folds`: only of pooled folds, see `pooled_folds.write`
    - `ensemble`: only of ensembles, see `zoo.ensembling.evidence.write`
    - `split_by`: only of data sets that dealt images, `"image"`: the figures leak
    - `seen_patients`: only of runs that were allowed to begin with the weights of a run
      which patients of these splits trained: how many, by split

    An entry is `{"value": number or null, "intervals": {method: interval}}`, with a
    `reason` where the value is null. Methods stand in `results.shown.METHODS`, those
    that cover best first; tables and figures show the first that is defined:

    - `bootstrap` (percentiles over patients) of every metric, `bootstrap_t` of log loss
      and Brier score
    - where every patient counts once `wilson` of proportions and F1, `newcombe` and,
      beside it, `delong` of the AUC of one class; where patients have several samples
      `wilson_clustered`, `newcombe_clustered` and `obuchowski`
    - of a case-control study `wilson_within_classes` of what depends on the mixture of
      classes: accuracy, PPV, NPV, F1 and, of more than two classes, specificity
    - `mover` of balanced accuracy and of a mean of AUCs
    - `wilson_jackknife` of kappa and MCC, `wilson_bootstrap` of the average precision
    - of a perfect result `separation` (AUC) and `clopper_pearson` (kappa, MCC)
    - `bland_altman` of bias and limits of agreement

    An interval is `{"low", "high"}`, both null beside a `reason` where it is not
    defined, `undefined_resamples` where some were left out, `approximate` (why, by the
    counts alone) where it may cover less often than it says, and `one_sided`: true
    where `low` is a bound and `high` the metric's own end.

    Args:
        settings: of the intervals.
        out: directory to write to, made if need be; none = the run's own.
        prevalences: of the operating point's event, for its PPV and NPV.
        unknown_samples: what the run answers of samples of no known class; only of a
            run with a last stage.
    Raises:
        UsageError: no such directory.
        DataError: a file of the run (unknown.csv among them, where classes are held
            out) is missing or damaged, a patient stands in two
            splits, or the last stage was fitted to another model.
    """
    run = Run.resume(run_directory)
    rows = history.read(run.history_path)
    stage = stage_file.of_run(run)
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
    main = results[""]
    staged = None
    if stage is not None:
        added, staged = _through_stage(
            run, stage, splits[""], main, settings, prevalences, unknown_samples
        )
        main |= added
    unknown = unknown_evidence.of_run(run, stage, splits[""], main, settings)
    if unknown is not None:
        main["unknown_classes"] = unknown
    with style.captioned(caption(run.seen_patients, settings, run.split_by)):
        for name, result in results.items():
            result["figures"] = draw(folder, name, splits[name], result)
        if staged is not None:
            main["figures"] |= last_stage_figures.draw(folder, staged, main)
        learning_curves.draw(
            folder / "learning.png", rows, best(rows, monitor), monitor=monitor
        )
    main["figures"] = {"learning.png": "", **main["figures"]}
    if run.seen_patients:
        main["seen_patients"] = run.seen_patients
    main |= split_by_image.entry(run.split_by)
    return save(folder.parent, with_further(results))


def caption(seen: Mapping[str, int], settings: Settings, split_by: str) -> str:
    """What every figure says below: what leaks, and an unusual design."""
    notes = [split_by_image.note(split_by), seen_patients.note(seen)]
    if settings.design == CASE_CONTROL:
        notes.append("Intervals are of a case-control design: so many of each class.")
    return " ".join(filter(None, notes))


def _through_stage(
    run: Run,
    stage: LastStage,
    splits: Mapping[str, Levels],
    main: dict,
    settings: Settings,
    prevalences: Sequence[float],
    unknown_samples: UnknownSamples | None,
) -> tuple[dict, StagedPredictions]:
    """What the stage adds to the evidence on the main target."""
    last = [*splits.values()][-1].sample
    inside = None
    if stage.sets is None and "validation" in splits and "validation" not in last.split:
        inside = conformal_sets.sets_of(
            splits["validation"].sample,
            last,
            by=main["calibration"]["level"],
            level=last_stage.CONFORMAL_LEVEL,
        )
    return last_stage.evaluate(
        staged_predictions.of_run(run, stage, last),
        [stage],
        main,
        settings,
        prevalences,
        inside=inside,
        unknown_samples=unknown_samples,
    )


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


def write_bare(
    path: str | Path,
    *,
    settings: Settings,
    out: str | Path | None,
    ordinal: bool = False,
) -> dict:
    """Evaluates a predictions.csv from elsewhere; writes to `out`, if it is given.

    The positive class of two is the second in the order of the header.

    Args:
        ordinal: its classes are grades, in the order of the header.
    """
    splits = levels_by_split(predictions_file.read(path, ordinal=ordinal))
    result = evidence.evaluate(splits, Description(), settings)
    if out is None:
        return result
    folder = figures_folder(out)
    return save(folder.parent, {**result, "figures": draw(folder, "", splits, result)})


def _with_formats(result: dict) -> dict:
    """The result with the files of every format among its figures."""
    listed = {}
    if "figures" in result:
        listed["figures"] = formats.listed(result["figures"])
    if "further_targets" in result:
        further = result["further_targets"].items()
        listed["further_targets"] = {name: _with_formats(r) for name, r in further}
    return result | listed


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
    result = _with_formats(result)
    text = json.dumps(result, indent=1, ensure_ascii=False, allow_nan=False)
    atomic_files.write_text(directory / "metrics.json", text + "\n")
    return result
