"""What the network is shown: a few middle slices of a training batch of every epoch."""

import numpy as np
import tensorflow as tf

_SAMPLES = 4


class InputImage:
    """Keeps slices of the first batch since `reset`, as augmentation left it.

    Batches are fetched ahead, so the first of an epoch may be one of its next ones.
    """

    def __init__(self):
        self._kept: np.ndarray | None = None

    def reset(self) -> None:
        """The next batch is kept."""
        self._kept = None

    def watch(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        """The same batches: tuples that begin with volumes `[B, D, H, W, C]`.

        Instead of the volumes there may be a dict with `volume`.
        """

        def look(inputs, *rest) -> tuple:  # noqa: ANN001
            named = isinstance(inputs, dict)
            volume = inputs["volume"] if named else inputs
            middle = volume[:_SAMPLES, volume.shape[1] // 2]
            seen = tf.numpy_function(self._keep, [middle], tf.int64, stateful=True)
            with tf.control_dependencies([seen]):
                volume = tf.identity(volume)
            return (inputs | {"volume": volume} if named else volume, *rest)

        return batches.map(tf.autograph.experimental.do_not_convert(look))

    def image(self) -> np.ndarray | None:
        """Samples below each other, channels side by side; grey levels `[h, w]` uint8.

        Every slice is stretched to its own range; none before the first batch.
        """
        if self._kept is None:
            return None
        slices = np.moveaxis(self._kept, -1, 1)  # [N, C, H, W]
        lowest = slices.min(axis=(2, 3), keepdims=True)
        span = slices.max(axis=(2, 3), keepdims=True) - lowest
        levels = (slices - lowest) / np.where(span > 0, span, 1)
        samples, channels, height, width = levels.shape
        sheet = levels.transpose(0, 2, 1, 3).reshape(samples * height, channels * width)
        return np.round(255 * sheet).astype(np.uint8)

    def _keep(self, middle: np.ndarray) -> int:
        if self._kept is None:
            self._kept = middle.copy()
        return 0
