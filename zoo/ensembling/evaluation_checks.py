"""What `zoo.evaluate` refuses before it reads predictions."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.tables import table_file
from zoo.ensembling import ensemble as ensembles
from zoo.runs import cross_validation, repeated_ensemble, repeats

_OF_RUNS = ("recipe.toml", "ensemble.json")  # which an evaluation has not


def check(options: argparse.Namespace, paths: Sequence[Path]) -> bool:
    """Whether the one source is judged alone: a file, all folds, repeats, an ensemble.

    Raises:
        UsageError: sources or options that do not go together.
    """
    if options.out is not None:
        _check_no_other_run(Path(options.out), paths)
    alone = [
        source
        for source in paths
        if table_file.is_file(source)
        or cross_validation.is_there(source)
        or repeats.is_there(source)
        or ensembles.is_there(source)
        or repeated_ensemble.is_there(source)
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
    if options.ordinal and not table_file.is_file(paths[0]):
        raise UsageError(
            "--ordinal goes with a predictions.csv from elsewhere; a run knows the "
            f"kind of its target. Received: {paths[0]}"
        )
    if options.tta is not None and (options.data is None or options.by):
        raise UsageError("--tta goes with one run and its --data DATASET, without --by")
    return bool(alone)


def _check_no_other_run(out: Path, sources: Sequence[Path]) -> None:
    """Refuses the directory of a run, or several, that is not the one judged."""
    is_own = len(sources) == 1 and out.resolve() == sources[0].resolve()
    if not is_own and any((out / name).exists() for name in _OF_RUNS):
        raise UsageError(
            f"{out} is a run, whose own metrics.json would be lost. Choose another "
            "--out"
        )


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
