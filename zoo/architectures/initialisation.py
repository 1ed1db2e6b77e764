"""Initial weights that depend on a seed and a layer's name, and on nothing else."""

import math
import zlib

import keras

# Of a normal of deviation 1 without what lies beyond 2: sqrt(1 - 4 phi(2) / (2 Phi(2) -
# 1)), phi its density and Phi its distribution function.
_DEVIATION_OF_A_CUT_NORMAL = 0.8796256610342398


def layer_seed(seed: int, name: str) -> int:
    """A seed of its own for the layer `name`, within 31 bits (torch takes no more).

    Layers of equal shape get different weights from one `seed`, and adding a layer
    changes no other.
    """
    return zlib.crc32(f"{seed}/{name}".encode()) >> 1


def he(seed: int, name: str) -> keras.initializers.Initializer:
    """Normal with variance 2 / fan-in, for what ReLU follows (He et al., 2015)."""
    return keras.initializers.HeNormal(seed=layer_seed(seed, name))


def he_of(seed: int, name: str, fan_in: int) -> keras.initializers.Initializer:
    """As `he`, for a kernel whose shape does not tell its fan-in.

    What Keras takes for the fan-in of an EinsumDense layer differs between its
    versions. The normal is cut at twice its deviation, like that of `he`.
    """
    deviation = math.sqrt(2 / fan_in) / _DEVIATION_OF_A_CUT_NORMAL
    return keras.initializers.TruncatedNormal(
        stddev=deviation, seed=layer_seed(seed, name)
    )


def glorot(seed: int, name: str) -> keras.initializers.Initializer:
    """Uniform with variance 2 / (fan-in + fan-out), for logits (Glorot, 2010)."""
    return keras.initializers.GlorotUniform(seed=layer_seed(seed, name))
