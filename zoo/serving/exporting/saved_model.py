"""The files of a version: the SavedModel, and beside it what is known of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import tensorflow as tf

from pipelines.storage import atomic_files
from pipelines.tasks.task import Task
from zoo.runs.run import Run
from zoo.serving.description import Description
from zoo.serving.exporting import model_file, warm_up
from zoo.serving.exporting.served_tasks import ServedTasks
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
    write_files(
        directory,
        served,
        texts(run, model_text),
        {"examples": run.task},
        name=name,
        batch_sizes=batch_sizes,
    )


def write_files(
    directory: Path,
    served: ServedModel | ServedTasks,
    described: Mapping[str, str],
    tasks: Mapping[str, Task],
    *,
    name: str,
    batch_sizes: Sequence[int],
) -> None:
    """Likewise, of whatever has signatures.

    Args:
        described: what `describe` answers, by name; `model` is model.json.
        tasks: by the name of the input whose records it takes.
    """
    signatures = served.signatures(described)
    tf.saved_model.save(served, str(directory), signatures=signatures)
    assets = directory / ASSETS
    assets.mkdir(exist_ok=True)
    atomic_files.write_text(assets / model_file.FILE, described["model"])
    warm_up.write(
        assets,
        name=name,
        signatures=served.inputs(),
        tasks=tasks,
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
