"""A model that follows the one in training: what is validated and kept.

It has the moving average of its weights, or, where they compute in another precision,
the weights as they are.
"""

import keras
import tensorflow as tf


class Average:
    """A model whose weights are the moving average of those of another.

    After every update `average += (1 - d) * (weight - average)` (Polyak and Juditsky,
    1992), with `d = min(decay, (1 + n) / (10 + n))` after n updates, as
    `tf.train.ExponentialMovingAverage` has it: the first weights are soon forgotten.

    The moving statistics of batch normalisation are averaged in the same way, for the
    averaged weights see about the activations that the weights of those updates saw.

    Args:
        leader: whose weights training changes.
        follower: a model of the same build with weights of its own.
        decay: see above; 0 = the weights as they are.
    """

    def __init__(self, leader: keras.Model, follower: keras.Model, decay: float):
        self._pairs = list(zip(leader.weights, follower.weights, strict=True))
        self._updates = keras.Variable(
            0, dtype="int64", trainable=False, name="average_updates"
        )
        self.decay = decay
        # One graph: a network has hundreds of weights.
        self._move = tf.function(self._moved, autograph=False, jit_compile=False)

    @property
    def variables(self) -> list[keras.Variable]:
        """What a checkpoint needs: the average, and after how many updates it is."""
        return [self._updates, *(mine for _, mine in self._pairs)]

    def begin(self) -> None:
        """The average becomes the weights as they are."""
        for weight, mine in self._pairs:
            mine.assign(weight)

    def update(self) -> None:
        """To be called after every update of the weights."""
        self._move()

    def _moved(self) -> None:
        number = tf.cast(self._updates.value, tf.float32)
        kept = tf.minimum(self.decay, (1 + number) / (10 + number))
        for weight, mine in self._pairs:
            mine.value.assign_add((1 - kept) * (weight.value - mine.value))
        self._updates.value.assign_add(1)


def following(average: Average) -> keras.callbacks.Callback:
    """What keeps the follower up to date while training goes on; it has begun."""
    return Averaging(average) if average.decay else Copying(average)


class Averaging(keras.callbacks.Callback):
    """Moves the average after every update, be it of one step or of several."""

    def __init__(self, average: Average):
        super().__init__()
        self._average = average
        self._done = 0

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._done = _updates(self.model.optimizer)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        done = _updates(self.model.optimizer)
        if done != self._done:
            self._average.update()
            self._done = done


class Copying(keras.callbacks.Callback):
    """Gives the follower the weights as they are, at the end of every epoch."""

    def __init__(self, average: Average):
        super().__init__()
        self._average = average

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._average.begin()


def _updates(optimizer: keras.optimizers.Optimizer) -> int:
    """How many it has made; a variable of several devices is no number to Python."""
    done = optimizer.iterations
    return int((done.value if isinstance(done, keras.Variable) else done).numpy())
