"""Trains a fold, whatever becomes of it, and writes down what that is."""

import math
import time
from pathlib import Path

import tensorflow as tf

from pipelines.errors import DataError
from tuning.trials import fold_files, fold_fit, reasons, resident_memory
from tuning.trials.fold_fit import FittedFold, Progress, TooLargeError
from tuning.trials.fold_result import FINISHED, FoldResult, Outcome
from tuning.trials.fold_task import FoldTask
from zoo.evaluation.comparison import objectives
from zoo.evaluation.predictions import predictions_file
from zoo.runs import disk
from zoo.targets.kinds import TARGET_KINDS
from zoo.training.callbacks.terminate_on_nan import NotFiniteLossError
from zoo.training.loop.out_of_memory import OutOfMemoryError

_OUTCOMES: dict[type[Exception], Outcome] = {
    TooLargeError: "too_large",
    NotFiniteLossError: "not_finite",
    OutOfMemoryError: "out_of_memory",
    MemoryError: "out_of_memory",
    tf.errors.ResourceExhaustedError: "out_of_memory",
}


def train(task: FoldTask, *, start_seconds: float = 0.0) -> FoldResult:
    """Trains a fold and makes its directory.

    Args:
        start_seconds: that the process took to start, where this fold waited for it.

    Raises:
        DataError: the disk is full.
        OSError: the directory can't be made.
    """
    began = time.perf_counter() - start_seconds
    progress = Progress(parts={"start": start_seconds})
    try:
        return _finished(task, progress, fold_fit.fit(task, progress), began)
    except Exception as error:
        if disk.is_full(error):
            raise DataError(
                f"the disk of {task.directory.parent}, or of temporary files, is full. "
                "Free some space and give the same command again: finished folds are "
                "kept"
            ) from error
        return _failed(task, progress, error, began)
    finally:
        fold_fit.forget()


def _finished(
    task: FoldTask, progress: Progress, fitted: FittedFold, began: float
) -> FoldResult:
    writing = time.perf_counter()

    def result(directory: Path) -> FoldResult:
        objective = _objective(task.objective, fitted, directory)
        progress.add("write", time.perf_counter() - writing)
        return FoldResult(
            fold=task.fold_name,
            outcome=FINISHED,
            objective=objective,
            seconds=time.perf_counter() - began,
            parts=progress.parts,
            epochs=len(fitted.rows),
            best_epoch=fitted.best.epoch,
            parameters=progress.parameters,
            memory_mb=resident_memory.megabytes(),
        )

    return fold_files.write(
        task.directory,
        result,
        recipe=fitted.recipe,
        rows=fitted.rows,
        predictions=fitted.predictions,
    )


def _objective(name: str, fitted: FittedFold, directory: Path) -> float:
    """Of the predictions as they read back, as that of a run is.

    Raises:
        DataError: it is not defined.
    """
    objective, target = objectives.named(name), fitted.target
    path = directory / fold_files.predictions_name("")
    if objective.from_predictions(TARGET_KINDS[target.kind]):
        value = objective.of(predictions_file.read(path, target))
    else:
        value = getattr(fitted.best, name)
    if not math.isfinite(value):
        raise DataError(
            f"{name} of the validation split is not defined: {value}. It wants samples "
            "of two classes or more, or different numbers"
        )
    return value


def _failed(
    task: FoldTask, progress: Progress, error: Exception, began: float
) -> FoldResult:
    result = FoldResult(
        fold=task.fold_name,
        outcome=_outcome(error),
        reason=reasons.one_line(error, (task.data, task.directory)),
        seconds=time.perf_counter() - began,
        parts=progress.parts,
        parameters=progress.parameters,
        memory_mb=resident_memory.megabytes(),
    )
    return fold_files.write(task.directory, lambda _: result, recipe=task.recipe)


def _outcome(error: BaseException | None) -> Outcome:
    """By the kind of the error, or of what it came of."""
    while error is not None:
        for kind, outcome in _OUTCOMES.items():
            if isinstance(error, kind):
                return outcome
        error = error.__cause__
    return "failed"
