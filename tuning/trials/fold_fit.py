"""One fold, trained in this process as `zoo.fit` trains it, without a run directory.

The same checks, network, data, epochs and choice of the best one; but no model is kept
and nothing is judged: of the validation split the best epoch's answers are left.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import keras

import pipelines
from pipelines.batches.damaged_records import guard
from pipelines.errors import DataError
from pipelines.records import held_out_classes
from pipelines.records.data_set import DataSet
from pipelines.storage import scratch_folder
from pipelines.tasks.target import Target
from tuning.trials.fold_task import FoldTask
from zoo.architectures.architecture import Architecture
from zoo.classifier.classifier import Classifier
from zoo.evaluation.comparison import objectives
from zoo.evaluation.predictions.predictions import Predictions
from zoo.recipes.recipe import Recipe
from zoo.runs.history import Epoch
from zoo.runs.run import Run
from zoo.targets.target_output import outputs_of_task
from zoo.training import fit_in_memory, new_run, train_run
from zoo.training.data import split_checks
from zoo.training.data.training_data import TrainingData
from zoo.training.fit_in_memory import FittedInMemory
from zoo.training.loop import stages
from zoo.training.model_predictions import collect

_VALIDATION = "validation"


class TooLargeError(DataError):
    """A network has more parameters than a trial's may have."""


@dataclass(kw_only=True)
class Progress:
    """How far a fold has come; grows while it is trained.

    Args:
        parts: seconds, as of `FoldResult`.
        parameters: of the network, once it is built.
    """

    parts: dict[str, float] = field(default_factory=dict)
    parameters: int | None = None

    @contextmanager
    def timing(self, part: str) -> Iterator[None]:
        """Adds the seconds of the block to a part."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.add(part, time.perf_counter() - began)

    def add(self, part: str, seconds: float) -> None:
        """Adds to a part."""
        self.parts[part] = self.parts.get(part, 0.0) + seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedFold:
    """What a fold came to.

    Args:
        recipe: the complete effective one.
        target: the main one.
        rows: of all epochs.
        predictions: of the validation split by target, "" = the main one.
    """

    recipe: Recipe
    target: Target
    rows: tuple[Epoch, ...]
    best: Epoch
    predictions: dict[str, Predictions]


def fit(task: FoldTask, progress: Progress) -> FittedFold:
    """Trains a fold from the beginning.

    What Keras and TensorFlow number or remember of folds before is forgotten first, so
    that a process gives the same figures for its first fold and for its last.

    Raises:
        DataError, UsageError: as `zoo.fit`; `TooLargeError`, `NotFiniteLossError` and
            `OutOfMemoryError` among them.
    """
    keras.backend.clear_session(free_memory=False)  # it was, see `forget`
    with scratch_folder.held("fold-") as folder:  # folds are killed now and then
        with progress.timing("data"):
            data = pipelines.open_dataset(task.data)
            data = held_out_classes.without(data, task.recipe.unknown_classes)
            objectives.named(task.objective).check(outputs_of_task(data.task)[0])
            run = _begun(folder / "run", task, data)
        with guard(data):
            run, fitted = _fitted(run, task, data, progress)
    predictions = {
        output.target.name: collect(
            {_VALIDATION: fitted.model_outputs}, output, run.fold
        )
        for output in run.target_outputs
    }
    return FittedFold(
        recipe=run.recipe,
        target=run.task.target,
        rows=fitted.rows,
        best=fitted.best,
        predictions=predictions,
    )


def forget() -> None:
    """Lets go of the last fold's memory."""
    keras.backend.clear_session()


def _begun(path: Path, task: FoldTask, data: DataSet) -> Run:
    """The run that `zoo.fit` would begin, of a test split that it leaves."""
    return new_run.begin(
        path,
        recipe=task.recipe,
        data=data,
        fold=task.fold,
        options={
            "data": "named",
            "leave_test": True,
            "deterministic": task.deterministic,
        },
        weights_from=task.weights_from,
    )


def _fitted(
    run: Run, task: FoldTask, data: DataSet, progress: Progress
) -> tuple[Run, FittedInMemory]:
    """The run, with what its recipe left open, and what it came to."""
    began = time.perf_counter()

    def fit_network(
        run: Run,
        network: Classifier,
        architecture: Architecture,
        training_data: TrainingData,
    ) -> tuple[Run, FittedInMemory]:
        progress.parameters = network.training.count_params()
        _check_size(progress.parameters, task.max_parameters)
        state = train_run.trainer_state(run, network, architecture)
        plan = stages.plan(run.recipe.transfer, run.recipe.optimisation)
        progress.add("build", time.perf_counter() - began)
        return run, fit_in_memory.fit(state, training_data, plan)

    targets = split_checks.targets(data, run.fold)
    run, fitted = train_run.learned(
        run, data, targets, weights_from=task.weights_from, fit=fit_network
    )
    _add_epochs(progress, fitted, time.perf_counter() - began)
    return run, fitted


def _check_size(parameters: int, most: int | None) -> None:
    if most is not None and parameters > most:
        raise TooLargeError(
            f"the network has {parameters:,} parameters, and at most {most:,} are "
            "wanted. Take a smaller architecture, or allow more (--max-parameters)"
        )


def _add_epochs(progress: Progress, fitted: FittedInMemory, seconds: float) -> None:
    """Adds what fitting took; what is left of its seconds went into compiling.

    Args:
        seconds: of building and fitting.
    """
    times = fitted.times
    progress.add("data", times.waiting)
    progress.add("trace", times.tracing)
    progress.add("steps", times.steps)
    progress.add("validation", times.validation)
    epochs = times.waiting + times.tracing + times.steps + times.validation
    progress.parts["build"] = max(0.0, seconds - epochs)
