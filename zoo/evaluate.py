"""Command: how good a run, a cross-validation or a predictions.csv is."""

import argparse
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pipelines
from pipelines import command
from pipelines.augment.augmentation import NONE
from pipelines.characteristics import covariate_file
from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet
from pipelines.storage import output_paths
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member
from zoo.evaluation.figures import formats
from zoo.evaluation.results.settings import DESIGNS, Settings, of_recipe
from zoo.evaluation.subgroups import request, sources
from zoo.recipes.recipe import Recipe
from zoo.runs import cross_validation, repeats, same_data
from zoo.runs.run import Run

Grouped = tuple[tuple[request.By, ...], sources.Sources]

_DESCRIPTION = """\
Judges predictions: metrics with confidence intervals by patient and by sample, and
figures: of classes ROC and precision-recall curves, confusion matrices and calibration,
of numbers scatter and Bland-Altman.

One run: all its splits. The directory of `zoo.train --folds all`, or several runs: the
folds of one cross-validation, their test predictions pooled. An ensemble: likewise, and
its gain over its best member. A predictions.csv from elsewhere: its classes in header
order. With --by, all figures of subgroups too, with tests between them and a forest
plot (docs/subgroups.md).
"""

_EXAMPLES = """\
examples:
  python -m zoo.evaluate runs/liver
      judges one run and renews its metrics.json and figures/
  python -m zoo.evaluate runs/heart
      made by --folds all: renews its summary/, and holdout/ where that was judged; with
      --repeats: those of each repeat, and the summary of all
  python -m zoo.evaluate runs/fold0 runs/fold1 runs/fold2 --out runs/summary
      pools the folds' test predictions, every patient once
  python -m zoo.evaluate runs/liver --data datasets/liver
      also writes features.npz, which older runs don't have: what the network makes of
      every sample before its head
  python -m zoo.evaluate runs/liver --prevalence 0.1 0.3
      after python -m zoo.calibrate runs/liver --operating-point youden: what the
      threshold is worth on the test split, and its PPV and NPV where one in ten, or
      three, have the disease
  python -m zoo.evaluate runs/liver --data datasets/liver --by vendor --by age:40,60
      every figure by vendor and by age below 40, 40 to below 60, from 60
  python -m zoo.evaluate runs/sites --by fold
      of folds that are sites: leave-one-site-out as one table
  python -m zoo.evaluate runs/liver --data datasets/liver --tta 8
      test-time augmentation: whether the mean over changed copies is any better
  python -m zoo.evaluate predictions.csv
      prints the tables and writes nothing
  python -m zoo.evaluate predictions.csv --by scanner
      by a further column of it
  python -m zoo.evaluate predictions.csv --out evidence --confidence 0.9
      columns: sample_id, patient_id; of classes label and prob:<class> for every class;
      of labels that do not exclude each other target:<name> (empty = not known) and
      prob:<name>; of numbers target:<name> and pred:<name>. May be there: split (else
      all is test), fold, logit:<name>, and others, as age or scanner
  python -m zoo.evaluate grades.xlsx --ordinal --out evidence --figures png,svg,pdf
      classes that are grades, lowest first; figures for a journal, too
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.evaluate",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "source",
        nargs="+",
        metavar="RUN",
        help="a run directory, several of them, that of all folds or of an ensemble, "
        "or one predictions.csv",
    )
    parsed.add_argument(
        "--out",
        metavar="DIR",
        help="where to write; one run, all folds, an ensemble: their own directory",
    )
    parsed.add_argument(
        "--data",
        metavar="DATASET",
        help="of one run, the data set it was trained on: writes features.npz too; "
        "with --by the data set whose manifest knows the patients",
    )
    parsed.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="COLUMN[:CUT,CUT]",
        help="subgroups, may stand several times: vendor, field_strength, site, sex, "
        "age_band, a covariate, fold; numbers with the places to cut at",
    )
    parsed.add_argument(
        "--covariates",
        metavar="FILE",
        help="of --by, a table with further columns, by patient_id or sample_id",
    )
    parsed.add_argument(
        "--tta",
        type=int,
        metavar="N",
        help="of one run, with --data: test-time augmentation, the mean over every "
        "volume and N changed copies of it; into RUN/tta-N, or --out",
    )
    parsed.add_argument(
        "--confidence",
        type=float,
        metavar="LEVEL",
        help="of the intervals; default: as in the run's recipe, else 0.95",
    )
    parsed.add_argument(
        "--bootstrap",
        type=int,
        metavar="N",
        help="resamples of patients, 200 or more; default: as in the run's recipe, "
        "else 2000",
    )
    parsed.add_argument(
        "--design",
        choices=DESIGNS,
        help="how the study took its patients: as they came, or so many of each class; "
        "default: as in the run's recipe, else cohort",
    )
    parsed.add_argument(
        "--seed",
        type=int,
        help="of the resampling; default: as in the run's recipe, else 0",
    )
    parsed.add_argument(
        "--prevalence",
        nargs="+",
        type=float,
        default=[],
        metavar="SHARE",
        help="of a run with a last stage: how frequent its event will be among those "
        "whom the model meets, for PPV, NPV and net benefit there",
    )
    parsed.add_argument(
        "--unknown",
        metavar="FILE",
        help="of one run with a last stage: what `zoo.predict RUN --out FILE.csv` "
        "answers of studies of no class that it knows, to be told from the known",
    )
    parsed.add_argument(
        "--ordinal",
        action="store_true",
        help="of a predictions.csv: its classes are grades, the lowest first",
    )
    parsed.add_argument(
        "--figures",
        metavar="FORMATS",
        default="png",
        help="png, svg, pdf, with commas between; default: png, which is always there",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the tables and the path that was written."""
    options = parser().parse_args(argv)
    paths = [Path(source) for source in options.source]
    alone = [
        source
        for source in paths
        if source.is_file()
        or cross_validation.is_there(source)
        or repeats.is_there(source)
        or ensembles.is_there(source)
    ]
    if alone and len(paths) > 1:
        raise UsageError(
            "a predictions.csv, an ensemble, or the directory of all folds, is "
            "judged alone. "
            f"Received: {alone[0]} among {len(paths)} sources"
        )
    if options.covariates is not None and not options.by:
        raise UsageError("--covariates goes with --by, which names its columns")
    if options.data is not None and not options.by and (alone or len(paths) > 1):
        raise UsageError(
            "--data goes with one run, whose features it gives, or with --by. "
            f"Received: {', '.join(map(str, paths))}"
        )
    _check_prevalences(paths, options.prevalence)
    if options.unknown is not None:
        _check_unknown(paths, options.unknown)
    if options.ordinal and not paths[0].is_file():
        raise UsageError(
            "--ordinal goes with a predictions.csv from elsewhere; a run knows the "
            f"kind of its target. Received: {paths[0]}"
        )
    if options.tta is not None and (options.data is None or options.by):
        raise UsageError("--tta goes with one run and its --data DATASET, without --by")
    options.grouped = _grouped(options)
    with formats.written(formats.parse(options.figures)):
        return _judged(paths, options, alone=bool(alone))


def _judged(paths: Sequence[Path], options: argparse.Namespace, *, alone: bool) -> int:
    """Judges a file, the directory of all folds, or runs."""
    if paths[0].is_file():
        return _file(paths[0], options)
    if repeats.is_there(paths[0]):
        return _all_repeats(paths[0], options)
    judge = _all_folds if alone else _runs
    if ensembles.is_there(paths[0]):
        judge = _ensemble
    code = judge(paths, options)
    if len(paths) == 1:
        places = ("--dicom", "DIR", "--out", "result.csv")
        command.say_next("zoo.predict", paths[0], *places)
    return code


def _check_prevalences(sources: Sequence[Path], prevalences: Sequence[float]) -> None:
    """Refuses shares that are none, and runs that have no event they are of."""
    if not all(0 < prevalence < 1 for prevalence in prevalences):
        raise UsageError(
            "--prevalence is between 0 and 1, without these. Received: "
            f"{' '.join(f'{prevalence:g}' for prevalence in prevalences)}"
        )
    if prevalences and not all(
        [*source.glob("last_stage.json"), *source.glob("fold-*/last_stage.json")]
        for source in sources
    ):
        raise UsageError(
            "--prevalence goes with runs that have a last stage. Fit one: python -m "
            f"zoo.calibrate {sources[0]} --operating-point youden"
        )


def _check_unknown(sources: Sequence[Path], path: str) -> None:
    """Refuses samples of no class where there is no stage that could score them."""
    if len(sources) > 1 or not (sources[0] / "last_stage.json").is_file():
        raise UsageError(
            "--unknown goes with one run that has a last stage. Fit one: python -m "
            f"zoo.calibrate {sources[0]} --reject largest coverage=0.95"
        )
    if not Path(path).is_file():
        raise UsageError(f"--unknown names a file. Received: {path}")


def _runs(paths: Sequence[Path], options: argparse.Namespace) -> int:
    """Judges one run, or pools several."""
    runs = [Run.resume(path) for path in paths]
    for run in runs:
        run.require(run.predictions_path)
    settings = _settings(options, runs[0].recipe)
    if len(runs) > 1 and options.out is None:
        raise UsageError("several runs want --out DIR for what they give together")
    out = Path(options.out or paths[0])
    output_paths.check_directory(out, "--out")
    featured = options.data is not None and not options.by
    data = _data_of(runs[0], options.data) if featured else None
    unknown_samples = None
    if options.unknown is not None:
        from zoo.evaluation.last_stage import unknown_samples as unknown_file

        unknown_samples = unknown_file.read(options.unknown)
    if options.tta is not None:
        return _augmented(runs[0], data, options, settings)
    from zoo.evaluation import pooled_folds, run_evaluation  # they load SciPy
    from zoo.evaluation.subgroups import judged

    if len(runs) > 1:
        evidence = pooled_folds.write(
            paths, settings=settings, out=out, prevalences=options.prevalence
        )
        splits = {out: lambda: judged.of_folds(runs, "test")}
        return _show({out: evidence}, splits, options, settings)
    if data is not None:
        print(_features(runs[0], data, out))
    evidence = run_evaluation.write(
        paths[0],
        settings=settings,
        out=out,
        prevalences=options.prevalence,
        unknown_samples=unknown_samples,
    )
    splits = {out: lambda: judged.of_run(runs[0])}
    return _show({out: evidence}, splits, options, settings)


def _grouped(options: argparse.Namespace) -> Grouped | None:
    """What --by asks for; what is nowhere is refused."""
    if not options.by:
        return None
    asked = request.parse(options.by)
    data = None if options.data is None else pipelines.open_dataset(options.data)
    (*_, source) = options.source
    own = source if Path(source).is_file() else None  # a file's further columns
    place = options.covariates or own
    file = None if place is None else covariate_file.read(place)
    columns = sources.sources(data, file)
    columns.check(asked)
    return asked, columns


def _augmented(
    run: Run, data: DataSet, options: argparse.Namespace, settings: Settings
) -> int:
    """Judges a run with test-time augmentation."""
    if options.tta < 1:
        raise UsageError(f"--tta wants 1 or more. Received: {options.tta}")
    out = Path(options.out or run.path / f"tta-{options.tta}")
    augmentation = run.recipe.augmentation
    if (augmentation.spatial, augmentation.intensity) == (NONE.spatial, NONE.intensity):
        raise UsageError(
            f"{run.path} was trained without augmentation, so there is no change that "
            "its network is known to bear. Leave --tta out"
        )
    from zoo.ensembling import augmented

    results = augmented.write(
        run, data, number=options.tta, settings=settings, folder=out
    )
    code = _show({out: results}, {}, options, settings)
    print(results["augmented"]["conclusion"])
    return code


def _data_of(run: Run, path: str) -> DataSet:
    """The data set at `path`, if the run was trained on it to its end."""
    run.require(run.model_path)
    data = pipelines.open_dataset(path)
    same_data.check(run.path, run.data_digest, data)
    return data


def _features(run: Run, data: DataSet, out: Path) -> Path:
    """Writes the run's features.npz into `out`."""
    from zoo.training import finish

    out.mkdir(parents=True, exist_ok=True)
    path = out / run.features_path.name
    finish.write_features(run, data, path)
    return path


def _all_folds(paths: Sequence[Path], options: argparse.Namespace) -> int:
    """Judges the folds of a cross-validation as the end of their training does."""
    (path,) = paths
    validation = cross_validation.opened(path)
    out = Path(options.out or path)
    output_paths.check_directory(out, "--out")
    settings = _settings(options, validation.recipe)
    from zoo.evaluation import cross_validation as cross_validation_evidence
    from zoo.evaluation.subgroups import judged

    evidence = cross_validation_evidence.evaluate(
        validation,
        holdout=(validation.holdout_path / "metrics.json").is_file(),
        settings=settings,
        out=out,
        prevalences=options.prevalence,
    )
    runs = cross_validation.finished_runs(validation)
    summary, *holdout = evidence
    splits = {summary: lambda: judged.of_folds(runs, validation.judged)}
    for folder in holdout:
        splits[folder] = lambda: judged.of_folds(runs, "test", averaged=True)
    return _show(evidence, splits, options, settings)


def _all_repeats(path: Path, options: argparse.Namespace) -> int:
    """Judges the repeats of a cross-validation, each and together."""
    repeated = repeats.opened(path)
    if options.by or options.prevalence:
        raise UsageError(
            "--by and --prevalence go with one cross-validation. Name one of the "
            f"repeats: {repeated.paths[0]}"
        )
    out = Path(options.out or path)
    output_paths.check_directory(out, "--out")
    settings = _settings(options, repeated.recipe)
    from zoo.evaluation import cross_validation as cross_validation_evidence
    from zoo.evaluation import repeated_folds

    for repeat in repeated.paths:
        cross_validation_evidence.evaluate(
            cross_validation.opened(repeat),
            holdout=False,
            settings=settings,
            out=out / repeat.name,
        )
    summary = out / repeated.summary_path.name
    evidence = repeated_folds.write(repeated, settings=settings, out=summary)
    print(repeated_folds.text(evidence))
    print(summary / repeated_folds.RESULT)
    return 0


def _ensemble(paths: Sequence[Path], options: argparse.Namespace) -> int:
    """Judges an ensemble, and its gain over its best member."""
    if options.by or options.prevalence:
        raise UsageError(
            f"--by and --prevalence go with runs. Received: the ensemble {paths[0]}"
        )
    ensemble = ensembles.opened(paths[0])
    out = Path(options.out or ensemble.path)
    output_paths.check_directory(out, "--out")
    members = member.reopened(ensemble)
    settings = _settings(options, members[0].run.recipe)
    from zoo.ensembling import evidence, joined

    together = joined.of_members(members)
    results = evidence.write(ensemble, together, settings=settings, folder=out)
    code = _show({out: results}, {}, options, settings)
    print(evidence.text(results["ensemble"]))
    return code


def _file(path: Path, options: argparse.Namespace) -> int:
    """Judges predictions from elsewhere; without --out nothing is written."""
    settings, out = _settings(options, Recipe()), options.out
    if out is not None:
        output_paths.check_directory(out, "--out")
    from zoo.evaluation import run_evaluation
    from zoo.evaluation.subgroups import judged

    evidence = run_evaluation.write_bare(
        path, settings=settings, out=out, ordinal=options.ordinal
    )
    folder = None if out is None else Path(out)
    splits = {folder: lambda: judged.of_file(path, ordinal=options.ordinal)}
    return _show({folder: evidence}, splits, options, settings)


def _show(
    evidence: Mapping[Path | None, dict],
    splits: Mapping[Path | None, Callable[[], Mapping]],
    options: argparse.Namespace,
    settings: Settings,
) -> int:
    """Prints the tables of each, and the paths where they were written.

    Args:
        splits: of each the predictions that it is on, for --by.
    """
    from zoo.evaluation import evidence_text
    from zoo.evaluation.subgroups import write

    for folder, judged in evidence.items():
        print(evidence_text.text(judged))
        if options.grouped is not None:
            asked, columns = options.grouped
            wanted = write.Request(asked=asked, sources=columns, settings=settings)
            print()
            print(write.write(judged, splits[folder](), wanted, folder))
    for folder in evidence:
        if folder is not None:
            print(folder / "metrics.json")
    return 0


def _settings(options: argparse.Namespace, recipe: Recipe) -> Settings:
    """What the command line leaves open comes from the run's recipe."""
    names = ("confidence", "bootstrap", "seed", "design")
    chosen = {name: getattr(options, name) for name in names}
    told = {name: value for name, value in chosen.items() if value is not None}
    return dataclasses.replace(of_recipe(recipe), **told)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
