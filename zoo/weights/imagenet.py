"""Loads ImageNet weights from a local file into a classifier, all or nothing."""

import hashlib
import os
import zipfile
from pathlib import Path

import keras
import numpy as np

from pipelines.errors import DataError, UsageError
from zoo import heads
from zoo.architectures.architecture import Architecture
from zoo.classifier import Classifier
from zoo.recipe import Recipe
from zoo.weights import files, stem

VARIABLE = "ZOO_WEIGHTS"
_SHOWN = 6  # differences listed in an error

Arrays = dict[str, np.ndarray]


def load(
    classifier: Classifier,
    architecture: Architecture,
    recipe: Recipe,
    source: str | None = None,
) -> Path:
    """Gives the backbone its ImageNet weights; the head keeps its initial ones.

    Args:
        classifier: built from `recipe`, so that it feeds the backbone the pixels that
            the weights were trained on.
        source: the file, or a directory with it; none = what `ZOO_WEIGHTS` names.

    Returns:
        The file that was read.

    Raises:
        UsageError: the recipe names no ImageNet weights, or the architecture has none.
        DataError: no such file, another one by its checksum, or names or shapes that
            differ from the backbone's; nothing is loaded then.
    """
    if recipe.weights != "imagenet":
        raise UsageError(
            "the classifier was built for training from scratch and lacks the pixel "
            f"convention of ImageNet. Received: weights = {recipe.weights!r}"
        )
    file = files.get(architecture.name)
    path = find(architecture.name, source)
    arrays = {
        name: array
        for name, array in read(path, file).items()
        if name.split("/")[0] != file.logits
    }
    kernel = f"{file.stem}/kernel"
    if kernel in arrays and architecture.imagenet is not None:
        arrays[kernel] = stem.adapt(
            arrays[kernel],
            channels=classifier.backbone.input.shape[-1],
            order=architecture.imagenet.order,
        )
    assign(_weights(classifier.backbone), arrays, path)
    return path


def check(architecture: str, source: str | None) -> None:
    """Raises the DataError of `load` for a file that is missing or another one."""
    read(find(architecture, source), files.get(architecture))


def load_logits(
    classifier: Classifier, architecture: Architecture, source: str | None = None
) -> Path:
    """Gives a head of 1000 classes, without dense layers, the ImageNet classifier.

    Raises:
        DataError: as `load`; also if the head is another.
    """
    file = files.get(architecture.name)
    path = find(architecture.name, source)
    head = classifier.inference.get_layer("head")
    wanted = {
        name.replace(heads.LOGITS, file.logits): variable
        for name, variable in _weights(head).items()
    }
    arrays = {
        name: array
        for name, array in read(path, file).items()
        if name.split("/")[0] == file.logits
    }
    assign(wanted, arrays, path)
    return path


def find(architecture: str, source: str | None) -> Path:
    """The file of an architecture's weights.

    Raises:
        DataError: there is none at `source` or, without it, at `ZOO_WEIGHTS`.
    """
    file = files.get(architecture)
    named = source or os.environ.get(VARIABLE)
    cure = (
        f"Put {file.name} into a directory and name it by {VARIABLE}. It is: "
        f"{file.content}; SHA-256 {file.sha256}"
    )
    if not named:
        raise DataError(
            f"the ImageNet weights of {architecture} are not part of this package, "
            f"and {VARIABLE} names no place to look for them. {cure}"
        )
    path = Path(named)
    if path.is_dir():
        path = path / file.name
    if not path.is_file():
        raise DataError(
            f"no ImageNet weights of {architecture}: {path} does not exist. {cure}"
        )
    return path


def read(path: Path, file: files.WeightFile) -> Arrays:
    """The arrays of a weights file, checked by its checksum.

    Raises:
        DataError: another file than `file`, or none of NumPy's.
    """
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != file.sha256:
        raise DataError(
            f"{path} is not the file that is known as {file.name}. Received: SHA-256 "
            f"{found}, expected {file.sha256}. Copy it anew from where it came from"
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no .npz file of arrays: {error}") from error


def assign(weights: dict[str, keras.Variable], arrays: Arrays, path: Path) -> None:
    """Gives every weight its array; each must have the other, in the same shape.

    Raises:
        DataError: they differ; the message lists how, and no weight was changed.
    """
    differences = [
        f"{name}: shape {arrays[name].shape}, network {tuple(weights[name].shape)}"
        for name in sorted(weights.keys() & arrays.keys())
        if arrays[name].shape != tuple(weights[name].shape)
    ]
    differences += [
        f"{n}: not in the file" for n in sorted(weights.keys() - arrays.keys())
    ]
    differences += [
        f"{n}: not in the network" for n in sorted(arrays.keys() - weights.keys())
    ]
    if differences:
        more = len(differences) - _SHOWN
        listed = "; ".join(differences[:_SHOWN])
        raise DataError(
            f"{path} does not fit the network: {listed}"
            + (f"; and {more} more" if more > 0 else "")
            + ". Take the weights of this very architecture"
        )
    for name, variable in weights.items():
        variable.assign(arrays[name].astype("float32"))


def _weights(model: keras.Model) -> dict[str, keras.Variable]:
    """Every weight of a model's layers by `<layer>/<weight>`."""
    return {
        f"{layer.name}/{variable.name}": variable
        for layer in model.layers
        for variable in layer.weights
    }
