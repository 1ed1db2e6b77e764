"""Architectures, training, evaluation and prediction for MRI volumes.

The four functions here are what the commands call; with `pipelines.open_dataset` and
`pipelines.read_batches` they are the public API. Nothing heavy is loaded before one of
them is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pipelines import search_path

if TYPE_CHECKING:
    import os

    from pipelines.records.data_set import DataSet
    from zoo.classifier.classifier import Classifier
    from zoo.prediction.predictor import Predictor
    from zoo.recipes.recipe import Recipe
    from zoo.runs.run import Run

search_path.leave_out_working_directory()  # before anything else is imported


def build(
    arch: str,
    *,
    shape: tuple[int, int, int, int],
    classes: int | Sequence[str],
    seed: int = 0,
) -> Classifier:
    """A classifier with initial weights, as a recipe with defaults makes it.

    Args:
        arch: of `python -m zoo.models`, or `package.module:function`.
        shape: D, H, W, C of a volume.
        classes: how many, 2 or more, or their names.
        seed: of initial weights and dropout.

    Returns:
        Three Keras models over the same weights: `training` (from `volume` to
        `logits`, with dropout and auxiliary heads), `inference` (from `volume`
        `[B, D, H, W, C]` to `features` `[B, F]`, `logits` and `probabilities`
        `[B, K]`) and `backbone` (to the feature map).

    Raises:
        UsageError: no such architecture, fewer than two classes, or a volume that is
            too small for it.
    """
    from pipelines.errors import UsageError
    from zoo.architectures import registry
    from zoo.classifier import classifier
    from zoo.recipes.recipe import Recipe
    from zoo.targets.target_output import outputs_of_classes

    number = classes if isinstance(classes, int) else len(classes)
    if number < 2:
        raise UsageError(f"a classifier wants 2 or more classes. Received: {classes}")
    return classifier.build(
        Recipe(arch=arch),
        registry.get(arch),
        shape=shape,
        target_outputs=outputs_of_classes(number),
        seed=seed,
    )


def fit(
    recipe: Recipe | str,
    data: DataSet | str | os.PathLike,
    out: str | os.PathLike | None = None,
    *,
    fold: str | None = None,
    weights_from: str | None = None,
    allow_seen_patients: bool = False,
    devices: int = 1,
    deterministic: bool = False,
    options: dict[str, Any] | None = None,
    when_begun: Callable[[Run], None] | None = None,
) -> Run:
    """Trains a recipe on a data set, to the evidence, as `python -m zoo.train` does.

    Args:
        recipe: a value, a `.toml` file or the name of a shipped one.
        data: a data set, or its directory.
        out: the run directory to make; none = `runs/<time>-<arch>`.
        fold: to leave out, where the data set has folds.
        weights_from: where pretrained weights are, see `zoo.weights.load.load`.
        allow_seen_patients: also where patients of the validation or test split trained
            the run that the weights come from; every output then says so.
        devices: that share every batch.
        deterministic: only operations that give the same bits each time.
        options: what environment.json says of the call; no paths, no names.
        when_begun: is called with the run once its directory is made.

    Returns:
        The finished run: `run.path` has model.keras, predictions.csv, features.npz,
        metrics.json and figures/.

    Raises:
        UsageError: `out` exists, or the recipe or the fold does not fit the data set.
        DataError: the data set or its splits can't carry a run.
    """
    from pipelines import open_dataset
    from pipelines.records.data_set import DataSet
    from zoo.recipes import recipe as recipes
    from zoo.runs.run import Run
    from zoo.training import new_run

    if not isinstance(data, DataSet):
        data = open_dataset(data)
    run = new_run.begin(
        out,
        recipe=recipes.load(recipe) if isinstance(recipe, str) else recipe,
        data=data,
        fold=fold,
        options={**(options or {"data": "named"}), "deterministic": deterministic},
        weights_from=weights_from,
        allow_seen_patients=allow_seen_patients,
        devices=devices,
    )
    if when_begun is not None:
        when_begun(run)
    from zoo.runs import environment  # they load TensorFlow: what needs none came first
    from zoo.training import train_run

    if deterministic:
        environment.make_deterministic()
    train_run.train(run, data, weights_from=weights_from, devices=devices)
    return Run.open(run.path)


def load(run: str | os.PathLike) -> Predictor:
    """What predicts by a finished run, as `python -m zoo.predict` does.

    Args:
        run: its directory, or that of all folds of a cross-validation, whose mean
            then predicts, or of an ensemble of one task.

    Returns:
        A predictor: `.predict(volume, fill=...)` of one raw canonical volume
        `[D, H, W, C]`, `.predict_records(records)` of serialized records.

    Raises:
        UsageError: a path that does not exist.
        DataError: no finished run, or a model that can't be loaded.
    """
    from zoo.ensembling import ensemble

    if ensemble.is_there(run):
        from zoo.ensembling import predictor as ensemble_predictor

        return ensemble_predictor.load(run)
    from zoo.prediction import predictor

    return predictor.load(run)
