"""Command: how good a run, a cross-validation or a predictions.csv is."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import pipelines
from pipelines import command
from pipelines.augment.augmentation import NONE
from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet
from pipelines.storage import output_paths
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member
from zoo.evaluation.results.settings import Settings
from zoo.recipes.recipe import Recipe
from zoo.runs import cross_validation, same_data
from zoo.runs.run import Run

_DESCRIPTION = """\
Judges predictions: metrics with confidence intervals by patient and by sample, and
figures: of classes ROC curves, confusion matrices and calibration, of numbers scatter
and Bland-Altman.

One run: all its splits. The directory of `zoo.train --folds all`, or several runs: the
folds of one cross-validation, their test predictions pooled. An ensemble: likewise, and
its gain over its best member. A predictions.csv from elsewhere: its classes in header
order.
"""

_EXAMPLES = """\
examples:
  python -m zoo.evaluate runs/liver
      judges one run and renews its metrics.json and figures/
  python -m zoo.evaluate runs/heart
      made by --folds all: renews its summary/, and holdout/ where that was judged
  python -m zoo.evaluate runs/fold0 runs/fold1 runs/fold2 --out runs/summary
      pools the folds' test predictions, every patient once
  python -m zoo.evaluate runs/liver --data datasets/liver
      also writes features.npz, which older runs don't have: what the network makes of
      every sample before its head
  python -m zoo.evaluate runs/liver --data datasets/liver --tta 8
      test-time augmentation: whether the mean over changed copies is any better
  python -m zoo.evaluate predictions.csv
      prints the tables and writes nothing
  python -m zoo.evaluate predictions.csv --out evidence --confidence 0.9
      columns: sample_id, patient_id, split, fold; of classes label, prob:<class> and
      logit:<class> for every class; of labels that do not exclude each other
      target:<name> (empty = not known), prob:<name> and logit:<name>; of numbers
      target:<name> and pred:<name>
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
        help="of one run, the data set it was trained on: writes features.npz too",
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
        help="resamples of patients; default: as in the run's recipe, else 2000",
    )
    parsed.add_argument(
        "--seed",
        type=int,
        help="of the resampling; default: as in the run's recipe, else 0",
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
        or ensembles.is_there(source)
    ]
    if alone and len(sources) > 1:
        raise UsageError(
            "a predictions.csv, an ensemble, or the directory of all folds, is "
            "judged alone. "
            f"Received: {alone[0]} among {len(sources)} sources"
        )
    if options.data is not None and (alone or len(sources) > 1):
        raise UsageError(
            "--data goes with one run, whose features it gives. Received: "
            f"{', '.join(map(str, sources))}"
        )
    if options.tta is not None and options.data is None:
        raise UsageError("--tta goes with one run and its --data DATASET")
    if sources[0].is_file():
        return _file(sources[0], options)
    judge = _all_folds if alone else _runs
    if ensembles.is_there(sources[0]):
        judge = _ensemble
    code = judge(sources, options)
    if len(sources) == 1:
        places = ("--dicom", "DIR", "--out", "result.csv")
        command.say_next("zoo.predict", sources[0], *places)
    return code


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
    if options.tta is not None:
        return _augmented(runs[0], data, options, settings)
    from zoo.evaluation import pooled_folds, run_evaluation  # they load SciPy

    if len(runs) > 1:
        return _show({out: pooled_folds.write(paths, settings=settings, out=out)})
    if data is not None:
        print(_features(runs[0], data, out))
    evidence = run_evaluation.write(
        paths[0],
        confidence=settings.confidence,
        bootstrap=settings.bootstrap,
        seed=settings.seed,
        out=out,
    )
    return _show({out: evidence})


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
    code = _show({out: results})
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

    return _show(
        cross_validation_evidence.evaluate(
            validation,
            holdout=(validation.holdout_path / "metrics.json").is_file(),
            settings=settings,
            out=out,
        )
    )


def _ensemble(paths: Sequence[Path], options: argparse.Namespace) -> int:
    """Judges an ensemble, and its gain over its best member."""
    ensemble = ensembles.opened(paths[0])
    out = Path(options.out or ensemble.path)
    output_paths.check_directory(out, "--out")
    members = member.reopened(ensemble)
    settings = _settings(options, members[0].run.recipe)
    from zoo.ensembling import evidence, joined

    together = joined.of_members(members)
    results = evidence.write(ensemble, together, settings=settings, folder=out)
    code = _show({out: results})
    print(evidence.text(results["ensemble"]))
    return code


def _file(path: Path, options: argparse.Namespace) -> int:
    """Judges predictions from elsewhere; without --out nothing is written."""
    settings, out = _settings(options, Recipe()), options.out
    if out is not None:
        output_paths.check_directory(out, "--out")
    from zoo.evaluation import run_evaluation

    evidence = run_evaluation.write_bare(path, settings=settings, out=out)
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
    chosen = {
        "confidence": recipe.evaluation.confidence,
        "bootstrap": recipe.evaluation.bootstrap,
        "seed": recipe.seed,
    }
    for name in chosen:
        if getattr(options, name) is not None:
            chosen[name] = getattr(options, name)
    return Settings(**chosen)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
