"""A finished run, or all folds of a cross-validation, as a version of a SavedModel."""

import os
from collections.abc import Sequence
from pathlib import Path

import keras
import tensorflow as tf

from pipelines.errors import DataError
from pipelines.storage import atomic_files
from zoo.prediction import finished_runs
from zoo.runs import cross_validation
from zoo.runs.run import Run
from zoo.serving.description import Description
from zoo.serving.exporting import (
    figures,
    model_file,
    new_version,
    version_directory,
    warm_up,
)
from zoo.serving.exporting.member import Member, of_run
from zoo.serving.exporting.signatures import ServedModel

ASSETS = "assets.extra"  # which TensorFlow Serving leaves alone


def export(
    path: str | os.PathLike,
    *,
    name: str,
    to: str | os.PathLike,
    version: int | None = None,
    batch_sizes: Sequence[int] = warm_up.BATCH_SIZES,
) -> Path:
    """Writes `TO/NAME/N/`, whole or not at all.

    Args:
        path: of a finished run, or of all folds of a cross-validation.
        name: of the model.
        to: the model root.
        version: its number; none = the next one.
        batch_sizes: those that the server's batching allows; each is warmed up.

    Returns:
        The directory of the version.

    Raises:
        UsageError: `path` does not exist, no such name can be given, or the version is
            there.
        DataError: no finished run, a model that can't be loaded, or a directory that
            can't be written.
    """
    target = new_version.path(to, name, version)
    runs = list(finished_runs.by_fold(path).values())
    members = [of_run(run, _network(run)) for run in runs]
    with version_directory.new(target) as aside:
        text = model_file.text(
            runs,
            name=name,
            version=int(target.name),
            precision="float32",
            figures=_figures(path, runs[0]),
        )
        write(
            aside,
            runs[0],
            members,
            name=name,
            model_text=text,
            batch_sizes=batch_sizes,
        )
    return target


def write(
    directory: Path,
    run: Run,
    members: Sequence[Member],
    *,
    name: str,
    model_text: str,
    batch_sizes: Sequence[int],
) -> None:
    """Writes the SavedModel and what goes with it.

    Args:
        run: whose task, channels and targets they are.
        name: of the model.
    """
    description = Description(
        task=run.task, covariates=run.recipe.head.covariates, channels=run.channels
    )
    texts = {
        "task": description.to_json(),
        "model": model_text,
        "spec": run.task.spec,
    }
    served = ServedModel(run, members, texts)
    signatures = served.signatures()
    tf.saved_model.save(served, str(directory), signatures=signatures)
    assets = directory / ASSETS
    assets.mkdir()
    atomic_files.write_text(assets / model_file.FILE, model_text)
    warm_up.write(
        assets,
        name=name,
        signatures=served.inputs(),
        task=run.task,
        batch_sizes=batch_sizes,
    )


def _network(run: Run) -> keras.Model:
    try:
        return keras.models.load_model(run.model_path, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{run.model_path} can't be loaded as a Keras model: {error}"
        ) from error


def _figures(path: str | os.PathLike, run: Run) -> dict:
    if cross_validation.is_there(path):
        return figures.of_folds(cross_validation.opened(path))
    return figures.of_run(run)
