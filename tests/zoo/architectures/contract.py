"""What every architecture must keep; a check returns what is wrong, in words."""

import hashlib
from collections.abc import Iterator
from functools import cached_property

import keras
import numpy as np

from zoo import classifier
from zoo.architectures.architecture import Architecture
from zoo.classifier import Classifier
from zoo.recipe import Head, Recipe, Slices
from zoo.weights import strict

CLASSES = 3
CHANNELS = 2
ELSEWHERE = {2: (96, 129), 3: (64, 72, 96)}  # another input, no two sizes alike

_PYTHON = {"PyFunc", "PyFuncStateless", "EagerPyFunc"}
_CONSTANT = "constant"


class Subject:
    """An architecture under test, each of its builds made once."""

    def __init__(self, architecture: Architecture):
        self.architecture = architecture

    @cached_property
    def shape(self) -> tuple[int, int, int, int]:
        """D, H, W, C: as small as can be."""
        smallest = self.architecture.minimum_size
        depth = 4 if self.architecture.rank == 2 else smallest
        return (depth, smallest, smallest, CHANNELS)

    @cached_property
    def volumes(self) -> np.ndarray:
        """`[2, D, H, W, C]`"""
        return np.random.default_rng(0).normal(size=(2, *self.shape)).astype("float32")

    @cached_property
    def _first(self) -> tuple[Classifier, dict[str, str], dict[str, str]]:
        keras.utils.set_random_seed(0)
        built = self.build(seed=1)
        return built, fingerprints(built.backbone), fingerprints(built.training)

    @cached_property
    def classifier(self) -> Classifier:
        """For the smallest volume, of seed 1."""
        return self._first[0]

    @property
    def weights(self) -> dict[str, str]:
        """Fingerprints of the backbone's initial weights."""
        return self._first[1]

    @property
    def all_weights(self) -> dict[str, str]:
        """Fingerprints of the initial weights of backbone and heads."""
        return self._first[2]

    @cached_property
    def elsewhere(self) -> keras.Model:
        """The backbone for another volume, of seed 1, in another state of the world."""
        keras.utils.set_random_seed(2)
        rank = self.architecture.rank
        return self.architecture.build((*ELSEWHERE[rank], CHANNELS), rank, 1)

    @cached_property
    def half(self) -> Classifier:
        """For the smallest volume, of seed 2, computing in bfloat16."""
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy("mixed_bfloat16")
        try:
            return self.build(seed=2)
        finally:
            keras.config.set_dtype_policy(before)

    @cached_property
    def half_weights(self) -> dict[str, str]:
        """Fingerprints of its initial weights, if none were changed before."""
        return fingerprints(self.half.training)

    def build(self, *, seed: int) -> Classifier:
        """The classifier of a recipe without dropout."""
        recipe = Recipe(
            arch=self.architecture.name,
            slices=Slices(train=2, evaluate=3),
            head=Head(dropout=0.0),
        )
        return classifier.build(
            recipe, self.architecture, shape=self.shape, classes=CLASSES, seed=seed
        )


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
    return sorted(path for path, _ in first.items() ^ again.items())


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
        run_eagerly=True,
    )
    start = training.get_weights()
    before = [keras.ops.convert_to_numpy(w) + 0 for w in training.trainable_weights]
    labels = np.arange(len(volumes)) % CLASSES
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
        for name, variable in strict.by_name(model).items()
    }


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
