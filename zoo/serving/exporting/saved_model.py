"""The files of a version: the SavedModel, and beside it what is known of it."""

from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf

from pipelines.storage import atomic_files
from zoo.runs.run import Run
from zoo.serving.description import Description
from zoo.serving.exporting import model_file, warm_up
from zoo.serving.exporting.signatures import ServedModel

ASSETS = "assets.extra"  # which TensorFlow Serving leaves alone


def write(
    directory: Path,
    served: ServedModel,
    run: Run,
    *,
    name: str,
    model_text: str,
    batch_sizes: Sequence[int],
) -> None:
    """Writes a version into a directory.

    Args:
        run: whose task, channels and targets they are.
        name: of the model.
        model_text: of model.json.
        batch_sizes: those that the server's batching allows; each is warmed up.
    """
    signatures = served.signatures(texts(run, model_text))
    tf.saved_model.save(served, str(directory), signatures=signatures)
    assets = directory / ASSETS
    assets.mkdir(exist_ok=True)
    atomic_files.write_text(assets / model_file.FILE, model_text)
    warm_up.write(
        assets,
        name=name,
        signatures=served.inputs(),
        task=run.task,
        batch_sizes=batch_sizes,
    )


def texts(run: Run, model_text: str) -> dict[str, str]:
    """What `describe` answers, by name."""
    description = Description(
        task=run.task, covariates=run.recipe.head.covariates, channels=run.channels
    )
    return {
        "task": description.to_json(),
        "model": model_text,
        "spec": run.task.spec,
    }
