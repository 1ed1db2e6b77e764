"""Networks that end in the ways that a process can, named `module:function`."""

import os
import signal
import time

import keras


def _small(input_shape: tuple[int, ...]) -> keras.Model:
    volume = keras.Input(input_shape)
    return keras.Model(volume, keras.layers.Conv3D(2, 3, strides=4, name="c")(volume))


def sound(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """One convolution."""
    return _small(input_shape)


def killed(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """As by a system that has no memory left."""
    os.kill(os.getpid(), signal.SIGKILL)


def crashing(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """As by a fault in compiled code."""
    os._exit(3)


def without_memory(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """As by Python itself."""
    raise MemoryError


def private(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """An error of two lines that says too much."""
    raise RuntimeError("/home/somebody/scan.nii of p0123456789abcdef\nis torn")


def endless(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """Is built for ten minutes."""
    time.sleep(600)
    return _small(input_shape)


def hoarding(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """Leaves 600 MB behind."""
    _HOARD.append(bytearray(os.urandom(1000) * 600_000))
    return _small(input_shape)


_HOARD: list[bytearray] = []
