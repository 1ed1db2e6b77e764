"""A moving average of the weights: the model that is validated and kept."""

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
        decay: see above.
    """

    def __init__(self, leader: keras.Model, follower: keras.Model, decay: float):
        self._pairs = list(zip(leader.weights, follower.weights, strict=True))
        self._updates = keras.Variable(
            0, dtype="int64", trainable=False, name="average_updates"
        )
        self._decay = decay
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
        kept = tf.minimum(self._decay, (1 + number) / (10 + number))
        for weight, mine in self._pairs:
            mine.value.assign_add((1 - kept) * (weight.value - mine.value))
        self._updates.value.assign_add(1)


class Averaging(keras.callbacks.Callback):
    """Moves the average after every update, be it of one step or of several.

    Args:
        average: has begun.
    """

    def __init__(self, average: Average):
        super().__init__()
        self._average = average
        self._done = 0

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._done = int(self.model.optimizer.iterations)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        done = int(self.model.optimizer.iterations)
        if done != self._done:
            self._average.update()
            self._done = done
