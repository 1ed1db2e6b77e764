"""Reads a file of weights of any format into the zoo's layout."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from pipelines.errors import DataError
from zoo.architectures.architecture import Architecture
from zoo.weights import weights_file
from zoo.weights.formats import caffe as caffe_format
from zoo.weights.formats import keras_h5, safetensors_file
from zoo.weights.formats import npz as npz_format
from zoo.weights.formats import torch as torch_format
from zoo.weights.layouts import caffe as caffe_layout
from zoo.weights.layouts import npz as npz_layout
from zoo.weights.layouts import torch as torch_layout
from zoo.weights.published.source import Format

Arrays = dict[str, np.ndarray]

_READERS = {
    "npz": npz_format.read,
    "torch": torch_format.read,
    "caffe": caffe_format.read,
    "keras_h5": keras_h5.read,
}
_TORCH_NAMES = {
    "alexnet": torch_layout.alexnet,
    "resnet18": torch_layout.resnet,
    "resnet34": torch_layout.resnet,
    "resnet50": torch_layout.resnet,
    "se_resnet50": torch_layout.se_resnet,
    "se_resnext50": torch_layout.se_resnext,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Content:
    """What a file holds, as it stands there.

    Args:
        path: of the file.
        values: arrays by name, of Keras' `.h5` files its entries.
        format: of the file.
        description: of the project's own files.
    """

    path: Path
    values: Any
    format: Format
    description: safetensors_file.Description | None = None


def read(path: Path, kind: Format) -> Content:
    """The content of a file of weights. No pickle is loaded unguarded.

    Raises:
        UsageError: there is no file.
        DataError: it is of another kind, or what reads it is not installed.
    """
    weights_file.check(path)
    if kind == "safetensors":
        values, description = safetensors_file.read(path)
        return Content(path=path, values=values, format=kind, description=description)
    return Content(path=path, values=_READERS[kind](path), format=kind)


def arrays(content: Content, architecture: Architecture) -> Arrays:
    """The weights by `<layer>/<weight>` of an architecture, in Keras' shapes.

    Of an architecture of rank 3 that inflates another they are the other's, at rank 2.

    Raises:
        DataError: they are of another architecture, by the names or by what the file
            says of itself.
    """
    try:
        return _in_zoo_layout(content, architecture)
    except DataError as error:
        raise DataError(f"{content.path}: {error}") from error


def _in_zoo_layout(content: Content, architecture: Architecture) -> Arrays:
    name = architecture.family
    if content.description is not None:
        _check_described(content.description, architecture)
        return content.values
    if content.format == "npz":
        return npz_layout.to_zoo(content.values, name)
    if content.format == "caffe":
        return caffe_layout.to_zoo(content.values, name)
    if content.format == "keras_h5":
        return keras_h5.by_order(content.values, reference(architecture))
    if name not in _TORCH_NAMES:
        raise DataError(
            f"PyTorch's names of the layers of {name} are not known. They are of "
            f"{', '.join(sorted(_TORCH_NAMES))}"
        )
    return _TORCH_NAMES[name](content.values)


def reference(architecture: Architecture) -> keras.Model:
    """The backbone that published weights are of: of RGB, at rank 2 if it inflates."""
    rank = 2 if architecture.inflates else architecture.rank
    shape = (*(architecture.minimum_size,) * rank, 3)
    return architecture.build(shape, rank, 0)


def _check_described(
    description: safetensors_file.Description, architecture: Architecture
) -> None:
    if description.architecture not in (architecture.name, architecture.inflates):
        raise DataError(
            f"the file holds weights of {description.architecture}. Received: "
            f"architecture {architecture.name}"
        )
