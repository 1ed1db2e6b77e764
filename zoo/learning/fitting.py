"""Keras `fit` with our callbacks: from the latest checkpoint to the last epoch."""

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from pipelines.errors import DataError
from zoo.learning import accuracies, checkpoint, confusion_picture, history, optimizers
from zoo.learning.averaging import Average, following
from zoo.learning.data_wait import DataWait
from zoo.learning.finite import StopWhenNotFinite
from zoo.learning.glimpse import Glimpse
from zoo.learning.inference import Inference
from zoo.learning.journal import Journal, Stopwatch, is_over
from zoo.learning.losses import MAIN_HEAD, loss_of
from zoo.learning.pictures import Pictures
from zoo.learning.progress import Progress
from zoo.learning.rates import Course, Pace
from zoo.learning.stopping import reason
from zoo.learning.supervision import encoded, supervise
from zoo.learning.tensorboard import Scalars
from zoo.learning.validation import Validation
from zoo.learning.weighing import Learned, loss_weights, of_heads
from zoo.optimisation import Optimisation


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where fitting writes.

    Args:
        checkpoints: folder of checkpoints and of the best model so far.
        history: the CSV file.
        tensorboard: folder of event files.
    """

    checkpoints: Path
    history: Path
    tensorboard: Path


@dataclass(frozen=True, kw_only=True, eq=False)
class Lessons:
    """What fitting learns from.

    Args:
        train: `train(first_epoch)` gives endless batches; an epoch's draws depend on
            its number alone.
        steps: batches per epoch.
        validation: finite batches, the same in every epoch.
        learned: what is learned of them, the main aim first.
    """

    train: Callable[[int], tf.data.Dataset]
    steps: int
    validation: Iterable
    learned: tuple[Learned, ...]


def compile_model(
    training: keras.Model, learned: tuple[Learned, ...], optimisation: Optimisation
) -> None:
    """Gives the training model its losses, metrics and optimizer, all of them built.

    Losses and metrics see one sample of zeros: unbuilt, they would make `fit` open the
    stream of batches, take one and begin the stream again, a whole shuffle buffer for
    nothing.
    """
    heads = of_heads(training.output, learned)
    training.compile(
        optimizer=optimizers.build(optimisation, training.trainable_variables),
        loss={head: loss_of(one.aim, optimisation) for head, one in heads.items()},
        loss_weights=loss_weights(heads, optimisation.auxiliary_weight),
        metrics={MAIN_HEAD: accuracies.plain(learned[0].aim)},
        weighted_metrics={MAIN_HEAD: accuracies.weighted(learned[0].aim)},
        jit_compile=optimisation.xla,
        auto_scale_loss=False,  # the optimizer does it where it must
    )
    unknown = tf.fill([1, sum(one.aim.target.size for one in learned)], math.nan)
    taught = {head: encoded(unknown, one) for head, one in heads.items()}
    zeros = {head: target for head, (target, _) in taught.items()}
    none = {head: weight for head, (_, weight) in taught.items()}
    training.compute_loss(y=zeros, y_pred=zeros, sample_weight=none)
    training.compute_metrics(None, zeros, zeros, sample_weight=none)


def fit(
    *,
    training: keras.Model,
    inference: keras.Model,
    lessons: Lessons,
    places: Places,
    optimisation: Optimisation,
    average: Average | None = None,
) -> history.Epoch:
    """Trains to the end of the recipe, going on after the last whole epoch if any.

    Args:
        training: from volumes to a dict of the aims' numbers, see `Classifier`.
        inference: what is validated and kept: it shares the weights of `training`, or
            is what `average` moves.
        average: what follows the weights; none = they are taken as they are.
    Returns:
        The best epoch; its model is `checkpoint.best_path(places.checkpoints, epoch)`.
    Raises:
        DataError: the loss became NaN or infinite, or the checkpoint doesn't fit.
    """
    compile_model(training, lessons.learned, optimisation)
    rows = []
    whole = checkpoint.latest(places.checkpoints)
    if whole is not None:
        rows = checkpoint.read_rows(whole)
        checkpoint.restore(whole, training, average)
    elif average is not None:
        average.begin()
    if not is_over(rows, optimisation):
        _fit(training, inference, lessons, places, optimisation, rows, average)
    history.write(places.history, rows)
    stopped = reason(rows, optimisation)
    if stopped:
        print(stopped, file=sys.stderr)
    best = history.best(rows, optimisation.monitor)
    if not checkpoint.best_path(places.checkpoints, best.epoch).is_file():
        raise DataError(
            f"the model of the best epoch, {best.epoch}, is missing in "
            f"{places.checkpoints.name}/. Begin the run anew"
        )
    return best


def _fit(
    training: keras.Model,
    inference: keras.Model,
    lessons: Lessons,
    places: Places,
    optimisation: Optimisation,
    rows: list[history.Epoch],
    average: Average | None,
) -> None:
    wait, glimpse = DataWait(), Glimpse()
    batches = supervise(
        lessons.train(len(rows)), heads=of_heads(training.output, lessons.learned)
    )
    progress = Progress(epochs=optimisation.epochs, steps=lessons.steps, rows=rows)
    course = Course(
        steps=lessons.steps,
        epochs=optimisation.epochs,
        accumulate=optimisation.accumulate,
    )
    aim = lessons.learned[0].aim
    validation = Validation(
        Inference(inference), lessons.validation, aim, optimisation.regression_loss
    )
    pictures = {
        "input": glimpse.picture,
        "confusion": lambda: confusion_picture.drawn(validation.answers, aim),
    }
    callbacks = [
        Stopwatch(wait),
        Pace(optimisation, course, rows),
        *([] if average is None else [following(average)]),
        validation,
        StopWhenNotFinite(optimisation.learning_rate),
        Journal(
            directory=places.checkpoints,
            table=places.history,
            inference=inference,
            optimisation=optimisation,
            rows=rows,
            average=average,
        ),
        Scalars(places.tensorboard, rows),
        Pictures(places.tensorboard, pictures, glimpse.reset),
        progress,
    ]
    try:
        training.fit(
            wait.watch(glimpse.watch(batches).prefetch(tf.data.AUTOTUNE)),
            initial_epoch=len(rows),
            epochs=optimisation.epochs,
            steps_per_epoch=lessons.steps,
            callbacks=callbacks,
            shuffle=False,  # the batches come shuffled
            verbose=0,
        )
    finally:
        progress.close()
