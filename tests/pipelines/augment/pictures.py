"""Volumes of three sequences, of which one may be absent and one constant."""

import numpy as np
import tensorflow as tf

from pipelines.augment.intensity.apply import vary

SHAPE = (5, 7, 6, 3)
SEED = (3, 1)


def volume(seed=0, shape=SHAPE):
    """Channels of different ranges, none of them symmetric."""
    draw = np.random.default_rng(seed)
    channels = np.arange(shape[-1])
    return (draw.gamma(2, 1, shape) * (1 + channels) - channels).astype(np.float32)


def varied(values, settings, seed=SEED, present=None):
    """What `vary` makes of an array, as an array."""
    present = np.ones(values.shape[-1]) if present is None else present
    there = tf.constant(present, tf.float32)
    return vary(tf.constant(values), there, tf.constant(seed), settings.operations)[
        0
    ].numpy()


def often(values, settings, times):
    """What `vary` makes of an array with so many seeds, and what is present of it."""
    there = tf.ones(values.shape[-1:])
    data = tf.data.Dataset.range(times).map(
        lambda seed: vary(
            tf.constant(values), there, tf.stack([seed, 7]), settings.operations
        )
    )
    volumes, present = next(iter(data.batch(times)))
    return volumes.numpy(), present.numpy()


def limits(values):
    """Lowest, highest and mean of each channel."""
    axes = (0, 1, 2)
    return values.min(axes), values.max(axes), values.mean(axes, dtype=np.float64)
