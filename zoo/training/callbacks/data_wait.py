"""How long training waits for its data."""

import time

import tensorflow as tf

_plain = tf.autograph.experimental.do_not_convert  # converting takes time


class DataWait:
    """Adds up the time between the request for a batch and its arrival.

    `watch` pulls a clock, the batch and a clock again, in this order: `zip` takes its
    inputs one after the other. On a GPU the next batch may be requested while the
    device still works, so there the sum is an upper bound of the stall.
    """

    def __init__(self):
        self.seconds = 0.0
        self._requested = 0.0

    def reset(self) -> None:
        """Starts a new sum."""
        self.seconds = 0.0

    def watch(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        """The same batches; must be the last step before training takes them."""
        endless = tf.data.Dataset.from_tensors(0).repeat()
        before = endless.map(_plain(lambda _: _call(self._request)))
        after = endless.map(_plain(lambda _: _call(self._arrive)))
        options = tf.data.Options()
        options.experimental_optimization.inject_prefetch = False
        watched = tf.data.Dataset.zip((before, batches, after))
        middle = _plain(lambda _before, batch, _after: batch)
        return watched.map(middle).with_options(options)

    def _request(self) -> int:
        self._requested = time.perf_counter()
        return 0

    def _arrive(self) -> int:
        self.seconds += time.perf_counter() - self._requested
        return 0


def _call(function) -> tf.Tensor:  # noqa: ANN001
    number = tf.numpy_function(function, [], tf.int64, stateful=True)
    return tf.ensure_shape(number, [])
