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
from pipelines.records import held_out_classes
from pipelines.records.data_set import DataSet
from pipelines.storage import output_paths
from pipelines.tables import table_file
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import evaluation_checks, member
from zoo.evaluation.command_line import parser
from zoo.evaluation.figures import formats
from zoo.evaluation.results.settings import Settings, of_recipe
from zoo.evaluation.subgroups import request, sources
from zoo.recipes.recipe import Recipe
from zoo.runs import cross_validation, repeated_ensemble, repeats, same_data
from zoo.runs.run import Run

Grouped = tuple[tuple[request.By, ...], sources.Sources]


def main(argv: Sequence[str]) -> int:
    """Prints the tables and the path that was written."""
    options = parser().parse_args(argv)
    paths = [Path(source) for source in options.source]
    alone = evaluation_checks.check(options, paths)
    options.grouped = _grouped(options)
    with formats.written(formats.parse(options.figures)):
        return _judged(paths, options, alone=alone)


def _judged(paths: Sequence[Path], options: argparse.Namespace, *, alone: bool) -> int:
    """Judges a file, the directory of all folds, or runs."""
    if table_file.is_file(paths[0]):
        return _file(paths[0], options)
    if repeats.is_there(paths[0]):
        return _all_repeats(paths[0], options)
    if repeated_ensemble.is_there(paths[0]):
        return _ensemble_of_repeats(paths[0], options)
    judge = _all_folds if alone else _runs
    if ensembles.is_there(paths[0]):
        judge = _ensemble
    code = judge(paths, options)
    if len(paths) == 1:
        places = ("--dicom", "DIR", "--out", "result.csv")
        command.say_next("zoo.predict", paths[0], *places)
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
    own = source if table_file.is_file(source) else None  # a file's further columns
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
    return held_out_classes.without(data, run.recipe.unknown_classes)


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


def _ensemble_of_repeats(path: Path, options: argparse.Namespace) -> int:
    """Judges the ensembles of all repeats together."""
    made = repeated_ensemble.opened(path)
    if options.by or options.prevalence:
        raise UsageError(
            f"--by and --prevalence go with runs. Received: the ensemble {path}"
        )
    out = Path(options.out or path)
    output_paths.check_directory(out, "--out")
    first = member.reopened(ensembles.opened(made.paths[0]))[0]
    settings = _settings(options, first.run.recipe)
    from zoo.ensembling import repeated

    summary = out / made.summary_path.name
    print(repeated.text(repeated.judge(made, settings=settings, out=summary)))
    print(summary)
    return 0


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
