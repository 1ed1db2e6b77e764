"""Small exported models of random weights, made in seconds and trained by nobody."""

from pathlib import Path

from tests.zoo.prediction import networks
from zoo.serving.exporting import export_runs

NAME = "small"


def model(root: Path, *, name=NAME, version=None, seed=0, **settings) -> Path:
    """Exports a run of `tests.zoo.prediction.networks.run` to `root/name/N`.

    The run stays beside it, at `run_path`: another seed gives other weights.
    """
    number = version or 1 + sum(p.name.isdecimal() for p in root.glob(f"{name}/*"))
    run = networks.run(run_path(root, name, number), seed=seed, **settings)
    return export_runs.export(run.path, name=name, to=root, version=number)


def run_path(root: Path, name=NAME, version=1) -> Path:
    """Where the run of such a version is: beside the model root, not in it."""
    runs = root.with_name(f"{root.name}-runs")
    runs.mkdir(parents=True, exist_ok=True)
    return runs / f"{name}-{version}"


def folds(root: Path, *, name=NAME, **settings) -> Path:
    """Exports all folds of `tests.zoo.prediction.networks.folds` as one version 1."""
    path = networks.folds(run_path(root, name, 1), **settings)
    return export_runs.export(path, name=name, to=root, version=1)
