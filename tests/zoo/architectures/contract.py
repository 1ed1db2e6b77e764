"""What may be wrong with a network: each function returns what is, in words."""

import hashlib
import itertools
from collections.abc import Iterator

import keras
import numpy as np

from zoo.architectures.feature_maps import feature_map_names
from zoo.weights import assign as assign_weights

_PYTHON = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}
_CONSTANT = "constant"


def fingerprints(model: keras.Model) -> dict[str, str]:
    """By path: a digest of each weight, or that it is constant."""
    found = {}
    for weight in model.weights:
        array = keras.ops.convert_to_numpy(weight)
        if array.size and (array == array.flat[0]).all():
            found[weight.path] = f"{_CONSTANT} {array.flat[0]} {array.shape}"
        else:
            found[weight.path] = hashlib.sha256(array.tobytes()).hexdigest()
    return found


def not_reproduced(first: dict[str, str], again: dict[str, str]) -> list[str]:
    """Weights that one seed gave two values, or two names."""
    return sorted({path for path, _ in first.items() ^ again.items()})


def not_drawn_by_seed(first: dict[str, str], other: dict[str, str]) -> list[str]:
    """Weights that are drawn and yet the same from another seed."""
    return [
        path
        for path, value in first.items()
        if not value.startswith(_CONSTANT) and other[path] == value
    ]


def drawn_alike(weights: dict[str, str]) -> list[str]:
    """Weights that got the very values of another one."""
    drawn = [v for v in weights.values() if not v.startswith(_CONSTANT)]
    return [path for path, value in weights.items() if drawn.count(value) > 1]


def wrong_feature_maps(backbone: keras.Model, stated: tuple[str, ...]) -> list[str]:
    """Other names than those stated, sizes that don't fall, another last map."""
    names = feature_map_names(backbone)
    if names != stated:
        return [f"feature maps {names}, stated {stated}"]
    maps = [backbone.get_layer(name).output for name in names]
    wrong = [
        f"{after.shape} after {before.shape}"
        for before, after in itertools.pairwise(maps)
        if not np.prod(after.shape[1:-1]) < np.prod(before.shape[1:-1])
    ]
    if maps[-1] is not backbone.output:
        wrong.append(f"{names[-1]} is not the last map")
    return wrong


def foreign(model: keras.Model) -> list[str]:
    """Layers that Keras does not bring under `keras.layers`, or that hold code."""
    return sorted(
        {
            f"{type(one).__module__}.{type(one).__name__}"
            for one in within(model)
            if not _brought_by_keras(one)
        }
    )


def within(model: keras.Model) -> Iterator[keras.Operation]:
    """Every layer and operation, in nested models and wrappers too."""
    for one in getattr(model, "operations", None) or model.layers:
        yield one
        if isinstance(one, keras.Model):
            yield from within(one)
        inner = getattr(one, "layer", None)
        if isinstance(inner, keras.layers.Layer):
            yield inner


def not_trained(training: keras.Model, volumes: np.ndarray) -> list[str]:
    """Trainable weights that a step leaves as they are, or makes NaN.

    Adam's first step moves a weight by the learning rate however small its gradient
    is, so one stays only if its gradient is exactly 0. The weights are put back.

    Args:
        volumes: `[B, ...]` as the model takes them.
    """
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    training.compile(
        optimizer=keras.optimizers.Adam(0.01, epsilon=1e-30),
        loss={head: loss for head in training.output},
        # One step: a graph takes TensorFlow longer to trace, each operation of it takes
        # JAX longer to compile than the whole.
        run_eagerly=keras.backend.backend() == "tensorflow",
    )
    start = training.get_weights()
    before = [keras.ops.convert_to_numpy(w) + 0 for w in training.trainable_weights]
    labels = np.arange(len(volumes)) % training.output["logits"].shape[-1]
    training.train_on_batch(volumes, {head: labels for head in training.output})
    wrong = []
    for weight, old in zip(training.trainable_weights, before, strict=True):
        new = keras.ops.convert_to_numpy(weight)
        if not np.isfinite(new).all():
            wrong.append(f"not finite: {weight.path}")
        elif np.array_equal(new, old):
            wrong.append(f"no gradient: {weight.path}")
    training.set_weights(start)
    return wrong


def refused(operations: frozenset[str]) -> list[str]:
    """Operations of an exported graph that a server without XLA or Python can't run."""
    return sorted(
        name
        for name in operations
        if name in _PYTHON
        or name.removeprefix("_").startswith("Xla")
        or name.startswith("foreign:")
    )


def arrays(model: keras.Model) -> dict[str, np.ndarray]:
    """Every weight by `<layer>/<weight>`, as the files of weights name them."""
    return {
        name: keras.ops.convert_to_numpy(variable) + 0
        for name, variable in assign_weights.by_name(model).items()
    }


def unequal(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> list[str]:
    """Names of arrays that one side lacks or has otherwise."""
    names = found.keys() | expected.keys()
    shared = found.keys() & expected.keys()
    return sorted(
        name
        for name in names
        if name not in shared or not np.array_equal(found[name], expected[name])
    )


def _brought_by_keras(operation: keras.Operation) -> bool:
    kind = type(operation)
    if not kind.__module__.startswith("keras."):
        return False
    if not isinstance(operation, keras.layers.Layer):
        return True  # an operation of keras.ops
    if isinstance(operation, keras.Model):
        return kind.__module__.startswith("keras.src.models.")
    return kind is not keras.layers.Lambda and (
        getattr(keras.layers, kind.__name__, None) is kind
    )
