"""Networks built by other code: stable layer names, initial weights from a seed."""

import re
from collections import defaultdict

import keras

from zoo.architectures.initialisation import layer_seed


def stable_names(model: keras.Model) -> dict[str, str]:
    """A name for every operation that is the same each time `model` is built.

    Keras names what its maker left unnamed by the class and a count over the whole
    process (`conv2d_94` in the second network built). Here such names count from the
    first of the class within the model, in the order of making, so they are those of a
    network that is built first: `conv2d`, `conv2d_1`, ... Given names stay.

    Returns:
        The stable name by the present one.
    """
    names = {operation.name: operation.name for operation in model.operations}
    counted = defaultdict(list)
    for operation in model.operations:
        stem = _snake_case(type(operation).__name__)
        numbered = re.fullmatch(rf"{stem}(?:_(\d+))?", operation.name)
        if numbered:
            counted[stem].append((int(numbered[1] or 0), operation.name))
    for stem, numbered in counted.items():
        for number, (_, name) in enumerate(sorted(numbered)):
            names[name] = f"{stem}_{number}" if number else stem
    return names


def _snake_case(name: str) -> str:
    """The name that Keras makes of a class: `BatchNormalization`, `Conv2D`, `ReLU`.

    >>> [_snake_case(name) for name in ("BatchNormalization", "Conv2D", "ReLU")]
    ['batch_normalization', 'conv2d', 're_lu']
    """
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def reseeded(operation: keras.Operation, *, name: str, seed: int) -> keras.Operation:
    """The same operation made anew under `name`; whatever it draws comes from `seed`.

    Every initialiser keeps its class and its settings and gets a seed of its own. A
    layer that draws in training, such as `Dropout`, gets one too.

    Args:
        operation: a layer or an operation of a functional model; it stays as it is.
        name: of the new one; with `seed` it decides what is drawn.
    """
    config = operation.get_config()
    if "name" in config:  # some operations of earlier Keras versions take none
        config["name"] = name
    for key, value in config.items():
        if key.endswith("_initializer") and value and "seed" in value["config"]:
            drawn = value["config"] | {"seed": layer_seed(seed, f"{name}/{key}")}
            config[key] = value | {"config": drawn}
    if "seed" in config:
        config["seed"] = layer_seed(seed, name)
    return type(operation).from_config(config)
