"""Initial weights that depend on a seed and a layer's name, and on nothing else."""

import zlib

import keras


def layer_seed(seed: int, name: str) -> int:
    """A seed of its own for the layer `name`, within 31 bits (torch takes no more).

    Layers of equal shape get different weights from one `seed`, and adding a layer
    changes no other.
    """
    return zlib.crc32(f"{seed}/{name}".encode()) >> 1


def he(seed: int, name: str) -> keras.initializers.Initializer:
    """Normal with variance 2 / fan-in, for what ReLU follows (He et al., 2015)."""
    return keras.initializers.HeNormal(seed=layer_seed(seed, name))


def glorot(seed: int, name: str) -> keras.initializers.Initializer:
    """Uniform with variance 2 / (fan-in + fan-out), for logits (Glorot, 2010)."""
    return keras.initializers.GlorotUniform(seed=layer_seed(seed, name))
