"""Random changes of a sample's intensities, one after the other, in the graph."""

from collections.abc import Sequence
from itertools import groupby

import tensorflow as tf

from pipelines.augment.intensity import channels, k_space
from pipelines.augment.intensity.frequency import FrequencyOperation
from pipelines.augment.intensity.image import of_volume, to_volume
from pipelines.augment.intensity.operation import Operation


def vary(
    volume: tf.Tensor,
    present: tf.Tensor,
    seed: tf.Tensor,
    operations: Sequence[Operation],
) -> tuple[tf.Tensor, tf.Tensor]:
    """Changes the intensities of a volume, or of slices drawn from it.

    Channels that are absent or constant come out as they were.

    Args:
        volume: float32 `[N, H, W, C]`, all sizes but N known.
        present: float32 `[C]`.
        seed: `[2]`, decides alone.
        operations: what may happen, in this order.

    Returns:
        The volume and what is present of it: less, where a sequence goes missing.

    Raises:
        UsageError: as of `channels.check`.
    """
    channels.check(operations, volume.shape[-1])
    if not operations:
        return volume, present
    image = of_volume(volume, present)
    for of_frequencies, group in groupby(operations, _is_of_frequencies):
        if of_frequencies:
            stream = _stream(seed, FrequencyOperation.STREAM)
            image = k_space.vary(image, stream, tuple(group))
        else:
            for operation in group:
                image = operation.vary(image, _stream(seed, operation.STREAM))
    return tf.ensure_shape(to_volume(image), volume.shape), image.present


def _is_of_frequencies(operation: Operation) -> bool:
    return isinstance(operation, FrequencyOperation)


def _stream(seed: tf.Tensor, number: int) -> tf.Tensor:
    return tf.random.experimental.stateless_fold_in(seed, number)
