"""Run by path as a process whose Keras computes with JAX: applies a saved model.

    KERAS_BACKEND=jax python on_jax.py DIRECTORY

Reads model.keras and volumes.npy, writes jax.npz, the outputs by name.
"""

import sys
from pathlib import Path

import jax
import keras
import numpy as np


def no_draw(
    key: jax.Array,
    lower: float,
    upper: float,
    shape: tuple[int, ...],
    dtype: str,
) -> np.ndarray:
    """In place of `jax.random.truncated_normal`, which JAX compiles for every shape.

    Layers draw weights when they are built, and those of the file replace them.
    """
    return np.full(shape, np.nan, dtype)


def main() -> None:
    """Writes what the docstring says."""
    directory = Path(sys.argv[1])
    assert keras.backend.backend() == "jax"
    jax.random.truncated_normal = no_draw
    model = keras.models.load_model(directory / "model.keras")
    outputs = model.predict_on_batch(np.load(directory / "volumes.npy"))
    assert "zoo" not in sys.modules and "tensorflow" not in sys.modules
    np.savez(directory / "jax.npz", **outputs)


if __name__ == "__main__":
    main()
