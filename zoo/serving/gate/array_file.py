"""Named arrays, of numbers or of byte strings, as a file that another process reads.

NumPy's own format writes strings of any bytes as pickles only, and those of fixed size
without the zeros at their ends: here their bytes stand in a row beside their lengths.

The file imports nothing of this project, since it also runs, loaded by its path, in
processes that must not know it.
"""

import os
from collections.abc import Mapping

import numpy as np

_NUMBERS, _BYTES, _LENGTHS = "numbers ", "bytes ", "lengths "


def write(path: str | os.PathLike, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes arrays by their names.

    Args:
        arrays: of numbers, or of `bytes` as objects.
    """
    stored = {}
    for name, array in arrays.items():
        array = np.asarray(array)
        if array.dtype.kind != "O":
            stored[_NUMBERS + name] = array
            continue
        texts = array.ravel().tolist()
        stored[_BYTES + name] = np.frombuffer(b"".join(texts), np.uint8)
        lengths = np.array([len(text) for text in texts], np.int64)
        stored[_LENGTHS + name] = lengths.reshape(array.shape)
    np.savez(path, **stored)


def read(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """The arrays of a file, as they were given to `write`."""
    arrays = {}
    with np.load(path, allow_pickle=False) as stored:
        for key in stored.files:
            if key.startswith(_NUMBERS):
                arrays[key.removeprefix(_NUMBERS)] = stored[key]
            elif key.startswith(_LENGTHS):
                name = key.removeprefix(_LENGTHS)
                arrays[name] = _texts(stored[_BYTES + name].tobytes(), stored[key])
    return arrays


def _texts(joined: bytes, lengths: np.ndarray) -> np.ndarray:
    texts = np.empty(lengths.size, object)
    start = 0
    for place, length in enumerate(lengths.ravel().tolist()):
        texts[place] = joined[start : start + length]
        start += length
    return texts.reshape(lengths.shape)
