"""Command: how good a run, a cross-validation or a predictions.csv is."""

import argparse
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import pipelines
from pipelines import command
from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet
from pipelines.storage import output_paths
from zoo.evaluation.figures import formats
from zoo.evaluation.results.settings import DESIGNS, Settings, of_recipe
from zoo.recipes.recipe import Recipe
from zoo.runs import cross_validation, repeats, same_data
from zoo.runs.run import Run

_DESCRIPTION = """\
Judges predictions: metrics with confidence intervals by patient and by sample, and
figures: of classes ROC and precision-recall curves, confusion matrices and calibration,
of numbers scatter and Bland-Altman.

One run: all its splits. The directory of `zoo.train --folds all`, or several runs: the
folds of one cross-validation, their test predictions pooled. A predictions.csv from
elsewhere: its classes in header order.
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
  python -m zoo.evaluate predictions.csv
      prints the tables and writes nothing
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
        help="a run directory, several of them, that of all folds, or one "
        "predictions.csv",
    )
    parsed.add_argument(
        "--out",
        metavar="DIR",
        help="where to write; one run or all folds: their own directory",
    )
    parsed.add_argument(
        "--data",
        metavar="DATASET",
        help="of one run, the data set it was trained on: writes features.npz too",
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
    sources = [Path(source) for source in options.source]
    alone = [
        source
        for source in sources
        if source.is_file()
        or cross_validation.is_there(source)
        or repeats.is_there(source)
    ]
    if alone and len(sources) > 1:
        raise UsageError(
            "a predictions.csv, or the directory of all folds, is judged alone. "
            f"Received: {alone[0]} among {len(sources)} sources"
        )
    if options.data is not None and (alone or len(sources) > 1):
        raise UsageError(
            "--data goes with one run, whose features it gives. Received: "
            f"{', '.join(map(str, sources))}"
        )
    _check_prevalences(sources, options.prevalence)
    if options.unknown is not None:
        _check_unknown(sources, options.unknown)
    if options.ordinal and not sources[0].is_file():
        raise UsageError(
            "--ordinal goes with a predictions.csv from elsewhere; a run knows the "
            f"kind of its target. Received: {sources[0]}"
        )
    with formats.written(formats.parse(options.figures)):
        return _judged(sources, options, alone=bool(alone))


def _judged(
    sources: Sequence[Path], options: argparse.Namespace, *, alone: bool
) -> int:
    """Judges a file, the directory of all folds, or runs."""
    if sources[0].is_file():
        return _file(sources[0], options)
    if repeats.is_there(sources[0]):
        return _all_repeats(sources[0], options)
    judge = _all_folds if alone else _runs
    code = judge(sources, options)
    if len(sources) == 1:
        places = ("--dicom", "DIR", "--out", "result.csv")
        command.say_next("zoo.predict", sources[0], *places)
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
    data = None if options.data is None else _data_of(runs[0], options.data)
    unknown_samples = None
    if options.unknown is not None:
        from zoo.evaluation.last_stage import unknown_samples as unknown_file

        unknown_samples = unknown_file.read(options.unknown)
    from zoo.evaluation import pooled_folds, run_evaluation  # they load SciPy

    if len(runs) > 1:
        return _show(
            {
                out: pooled_folds.write(
                    paths, settings=settings, out=out, prevalences=options.prevalence
                )
            }
        )
    if data is not None:
        print(_features(runs[0], data, out))
    evidence = run_evaluation.write(
        paths[0],
        settings=settings,
        out=out,
        prevalences=options.prevalence,
        unknown_samples=unknown_samples,
    )
    return _show({out: evidence})


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

    return _show(
        cross_validation_evidence.evaluate(
            validation,
            holdout=(validation.holdout_path / "metrics.json").is_file(),
            settings=settings,
            out=out,
            prevalences=options.prevalence,
        )
    )


def _all_repeats(path: Path, options: argparse.Namespace) -> int:
    """Judges the repeats of a cross-validation, each and together."""
    repeated = repeats.opened(path)
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


def _file(path: Path, options: argparse.Namespace) -> int:
    """Judges predictions from elsewhere; without --out nothing is written."""
    settings, out = _settings(options, Recipe()), options.out
    if out is not None:
        output_paths.check_directory(out, "--out")
    from zoo.evaluation import run_evaluation

    evidence = run_evaluation.write_bare(
        path, settings=settings, out=out, ordinal=options.ordinal
    )
    return _show({None if out is None else Path(out): evidence})


def _show(evidence: Mapping[Path | None, dict]) -> int:
    """Prints the tables of each, and the paths where they were written."""
    from zoo.evaluation import evidence_text

    for judged in evidence.values():
        print(evidence_text.text(judged))
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
