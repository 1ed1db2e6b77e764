"""Reads the `.h5` weight files of Keras 1 and 2, which `keras.applications` publishes.

Such a file lists its layers in the attribute `layer_names` and the weights of each in
`weight_names`, in the order in which the model has them; a list that is too long for
one attribute goes on in `layer_names0`, `layer_names1`, ... A saved model has all that
below `model_weights`. Nothing in it is code and nothing is unpickled.
"""

from itertools import count, takewhile, zip_longest
from pathlib import Path

import h5py
import keras
import numpy as np

from pipelines.errors import DataError
from zoo.architectures.convnext import as_depthwise

Arrays = dict[str, np.ndarray]
Entries = tuple[tuple[str, tuple[tuple[str, np.ndarray], ...]], ...]

_PREPROCESSING = {"mean", "variance", "count"}  # weights of a Normalization layer
_SHOWN = 6  # differences listed in an error


def read(path: Path) -> Entries:
    """The layers of a weights file with their arrays, in the file's order.

    Returns:
        `((layer name, ((weight name, array), ...)), ...)`, as the file names them.

    Raises:
        DataError: no such file, none of HDF5, or none with lists of layers.
    """
    if not path.is_file():
        raise DataError(f"no weights to read: {path} does not exist")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise DataError(f"{path} is no HDF5 file: {error}") from error
    with file:
        group = file
        if "model_weights" in file:
            group = _child(file, "model_weights", h5py.Group, path)
        layers = _names(group, "layer_names")
        if not layers:
            raise DataError(
                f"{path} is no weights file of Keras 1 or 2: it has no attribute "
                f"layer_names. Received: {', '.join(file) or 'nothing'} at the top. "
                "Take the .h5 file that keras.applications publishes"
            )
        return tuple((layer, _weights(group, layer, path)) for layer in layers)


def by_order(entries: Entries, backbone: keras.Model) -> Arrays:
    """The arrays of a file, each under the name of the weight in its place.

    The weights of Normalization layers are left out: they are the file's input
    convention. Those of a depthwise convolution that the file has as a grouped one,
    and of a layer scale, take the shape that the backbone has.

    Args:
        entries: what `read` gave for the same architecture, without its dense layers.
        backbone: built for as many channels as the file, which means 3.

    Returns:
        `<layer>/<weight>` of the backbone -> array.

    Raises:
        DataError: another number of weights, or other shapes; the differences are
            listed.
    """
    file_arrays = [
        (f"{layer}/{name.split('/')[-1]}", array)
        for layer, weights in entries
        if not _is_preprocessing(weights)
        for name, array in weights
    ]
    wanted = [(layer, weight) for layer in backbone.layers for weight in layer.weights]
    arrays, differences = {}, []
    for there, here in zip_longest(file_arrays, wanted):
        if here is None:
            differences.append(f"{there[0]} {there[1].shape}: not in the network")
            continue
        layer, weight = here
        name = f"{layer.name}/{weight.name}"
        if there is None:
            differences.append(f"{name} {tuple(weight.shape)}: not in the file")
            continue
        arrays[name] = _fitted(there[1], layer, weight)
        if arrays[name].shape != tuple(weight.shape):
            differences.append(
                f"{there[0]} {there[1].shape} in the place of {name} "
                f"{tuple(weight.shape)}"
            )
    if differences:
        raise DataError(_message(len(file_arrays), len(wanted), differences))
    return arrays


def _fitted(
    array: np.ndarray, layer: keras.layers.Layer, weight: keras.Variable
) -> np.ndarray:
    """The array as the layer holds it, if it is a depthwise one in another shape."""
    fits = array.shape == tuple(weight.shape)
    if fits or not isinstance(layer, keras.layers.DepthwiseConv2D):
        return array
    convertible = array.ndim == 1 or (array.ndim == 4 and array.shape[2] == 1)
    return as_depthwise(array) if convertible else array


def _message(file_count: int, network_count: int, differences: list[str]) -> str:
    listed = "; ".join(differences[:_SHOWN])
    more = len(differences) - _SHOWN
    return (
        f"the file's {file_count} weights do not fit the network's {network_count}: "
        + listed
        + (f"; and {more} more" if more > 0 else "")
        + ". Take the weights of this very architecture without its dense layers "
        "(notop)"
    )


def _is_preprocessing(weights: tuple[tuple[str, np.ndarray], ...]) -> bool:
    """Whether they are a Normalization layer's; names may end in `:0`."""
    names = {name.split("/")[-1].split(":")[0] for name, _ in weights}
    return names == _PREPROCESSING


def _weights(
    group: h5py.Group, layer: str, path: Path
) -> tuple[tuple[str, np.ndarray], ...]:
    below = _child(group, layer, h5py.Group, path)
    return tuple(
        (name, _array(_child(below, name, h5py.Dataset, path), path))
        for name in _names(below, "weight_names")
    )


def _array(dataset: h5py.Dataset, path: Path) -> np.ndarray:
    if dataset.external or dataset.is_virtual or dataset.dtype.kind not in "fiu":
        raise DataError(
            f"{path}: {dataset.name} is no array of numbers in the file itself. "
            f"Received: dtype {dataset.dtype}, external files {dataset.external}"
        )
    return dataset[()]


def _child(
    group: h5py.Group, name: str, kind: type, path: Path
) -> h5py.Group | h5py.Dataset:
    """What stands below a group under a name, which may lead through other groups.

    Raises:
        DataError: nothing, something else, or a link that leads elsewhere.
    """
    node = group
    for part in name.split("/"):
        link = node.get(part, getlink=True) if isinstance(node, h5py.Group) else None
        if not isinstance(link, h5py.HardLink):
            raise DataError(
                f"{path}: {group.name} lists {name}, but holds no such thing. "
                f"Received: {'nothing' if link is None else type(link).__name__} at "
                f"{part!r}. Copy the file anew from where it came from"
            )
        node = node[part]
    if not isinstance(node, kind):
        raise DataError(
            f"{path}: {node.name} is not what it should be. Received: "
            f"{type(node).__name__}, expected {kind.__name__}"
        )
    return node


def _names(group: h5py.Group, attribute: str) -> list[str]:
    """A list of names, from one attribute or from its numbered parts."""
    parts = [attribute]
    if attribute not in group.attrs:
        numbered = (f"{attribute}{number}" for number in count())
        parts = takewhile(lambda part: part in group.attrs, numbered)
    return [
        name.decode("utf-8") if isinstance(name, bytes) else str(name)
        for part in parts
        for name in np.atleast_1d(group.attrs[part])
    ]
