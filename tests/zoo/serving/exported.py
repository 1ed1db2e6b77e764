"""Small exported models of random weights, made in seconds and trained by nobody."""

from pathlib import Path

from tests.zoo.prediction import networks
from zoo.evaluation.last_stage import stage_file
from zoo.prediction import finished_runs
from zoo.serving.exporting import (
    export_runs,
    model_file,
    saved_model,
    version_directory,
    warm_up,
)

NAME = "small"


def model(root: Path, *, name=NAME, version=None, seed=0, **settings) -> Path:
    """A run of `tests.zoo.prediction.networks.run` as `root/name/N`.

    As `zoo.export` writes it, but nothing is compared and no label given. The run
    stays, at `run_path`; another seed gives other weights.
    """
    number = version or 1 + sum(p.name.isdecimal() for p in root.glob(f"{name}/*"))
    run = networks.run(run_path(root, name, number), seed=seed, **settings)
    return written(run.path, root, name=name, version=number)


def folds(root: Path, *, name=NAME, **settings) -> Path:
    """All folds of `tests.zoo.prediction.networks.folds` as version 1, likewise."""
    path = networks.folds(run_path(root, name, 1), **settings)
    return written(path, root, name=name, version=1)


def run_path(root: Path, name=NAME, version=1) -> Path:
    """Where the run of such a version is: beside the model root, not in it."""
    runs = root.with_name(f"{root.name}-runs")
    runs.mkdir(parents=True, exist_ok=True)
    return runs / f"{name}-{version}"


def written(path: Path, root: Path, *, name=NAME, version=1) -> Path:
    """A run or folds at `path`, likewise."""
    runs = tuple(finished_runs.by_fold(path).values())
    stages = stage_file.of_runs(runs)
    text = model_file.text(
        runs,
        name=name,
        version=version,
        precision="float32",
        figures=export_runs.figures_of(path, runs[0]),
        stages=stages,
    )
    with version_directory.new(root / name / str(version)) as aside:
        saved_model.write(
            aside,
            export_runs.served_model(runs, stages=stages),
            runs[0],
            name=name,
            model_text=text,
            batch_sizes=warm_up.BATCH_SIZES,
        )
    return root / name / str(version)
