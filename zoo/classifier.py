"""Joins a backbone and a head to the models that are trained and that serve."""

from dataclasses import dataclass

import keras
from keras import ops

from pipelines.errors import UsageError
from zoo import heads, slices
from zoo.architectures.architecture import Architecture, input_shape
from zoo.recipe import Recipe
from zoo.weights import convention


@dataclass(frozen=True, kw_only=True, eq=False)
class Classifier:
    """Three models over the same weights. Outputs are float32 dicts by name.

    Args:
        backbone: from what the network sees at once, `[B, H, W, C]` at rank 2 and
            `[B, D, H, W, C]` at rank 3, to its feature map.
        training: `volume` `[B, D, H, W, C]`, at rank 2 `[B, slices.train, H, W, C]`, to
            `logits` `[B, K]` and, where the architecture has auxiliary heads,
            `auxiliary_0` ... `[B, K]`.
        inference: `volume` `[B, D, H, W, C]` to `logits` and `probabilities` `[B, K]`
            and the pooled `features` `[B, F]`.
    """

    backbone: keras.Model
    training: keras.Model
    inference: keras.Model


@dataclass(frozen=True, kw_only=True, eq=False)
class _Parts:
    """The layers that the models share."""

    rank: int
    pixels: keras.layers.Layer | None
    backbone: keras.Model
    tapped: keras.Model  # the backbone with the inputs of the auxiliary heads
    head: keras.Model
    auxiliary: tuple[keras.Model, ...]


def build(
    recipe: Recipe,
    architecture: Architecture,
    *,
    shape: tuple[int, int, int, int],
    classes: int,
    seed: int,
) -> Classifier:
    """Builds the models of a recipe, with initial weights.

    At rank 2 each slice gets its probabilities and the volume their mean: `logits` are
    the logarithm of the mean softmax, auxiliary ones too, and `features` the mean over
    slices. Inference looks at the recipe's slices, training at as many as it is given.
    All layers are Keras' own, so a saved model loads without this package.

    Args:
        shape: D, H, W, C of a volume.
        classes: K.
        seed: of initial weights and dropout; the same seed gives the same weights.

    Raises:
        DataError: the volume is too small for the architecture, has fewer slices than
            the recipe asks for, or the weights want another normalisation.
        UsageError: ImageNet weights for an architecture that has none.
    """
    if classes < 2:
        raise ValueError(f"a classifier wants 2 or more classes. Received: {classes}")
    check(recipe, architecture, shape)
    parts = _parts(recipe, architecture, shape, classes, seed)
    depth, *plane = shape
    train, evaluate = depth, tuple(range(depth))
    if architecture.rank == 2:
        train = recipe.slices.train
        evaluate = slices.evaluated(depth, recipe.slices)
    return Classifier(
        backbone=parts.backbone,
        training=_training(parts, (train, *plane)),
        inference=_inference(parts, shape, evaluate),
    )


def check(
    recipe: Recipe, architecture: Architecture, shape: tuple[int, int, int, int]
) -> None:
    """Raises what `build` would raise, without the time that building takes."""
    input_shape(architecture, shape)
    _pixels(recipe, architecture, shape[-1])
    if architecture.rank == 2:
        within = slices.candidates(shape[0], recipe.slices.depth)
        slices.check_enough(recipe.slices.train, within, "train")
        slices.evaluated(shape[0], recipe.slices)


def _parts(
    recipe: Recipe,
    architecture: Architecture,
    shape: tuple[int, int, int, int],
    classes: int,
    seed: int,
) -> _Parts:
    seen = input_shape(architecture, shape)
    pixels = _pixels(recipe, architecture, shape[-1])
    backbone = architecture.build(seen, architecture.rank, seed)
    taps = [backbone.get_layer(name).output for name in architecture.auxiliary]
    tapped = keras.Model(
        backbone.input, [backbone.output, *taps], name=f"{backbone.name}_tapped"
    )
    units = recipe.head.units
    head = heads.head(
        backbone.output,
        pooling=recipe.head.pooling,
        units=architecture.head_units if units is None else units,
        dropout=recipe.head.dropout,
        classes=classes,
        seed=seed,
    )
    auxiliary = tuple(
        heads.auxiliary_head(
            tap, classes=classes, seed=seed, name=f"auxiliary_head_{i}"
        )
        for i, tap in enumerate(taps)
    )
    return _Parts(
        rank=architecture.rank,
        pixels=pixels,
        backbone=backbone,
        tapped=tapped,
        head=head,
        auxiliary=auxiliary,
    )


def _pixels(
    recipe: Recipe, architecture: Architecture, channels: int
) -> keras.layers.Layer | None:
    if recipe.weights == "none":
        return None
    if architecture.imagenet is None:
        raise UsageError(
            f"there are no ImageNet weights for {architecture.name}. Train it with "
            "weights = 'none' or choose another architecture"
        )
    return convention.pixels(
        architecture.imagenet, channels=channels, normalisation=recipe.normalisation
    )


def _training(parts: _Parts, shape: tuple[int, int, int, int]) -> keras.Model:
    volume = keras.Input(shape, dtype="float32", name="volume")
    feature_map, *taps = keras.tree.flatten(parts.tapped(_seen(parts, volume)))
    found = {"logits": parts.head(feature_map)["logits"]}
    for i, (auxiliary, tap) in enumerate(zip(parts.auxiliary, taps, strict=True)):
        found[f"auxiliary_{i}"] = auxiliary(tap)
    if parts.rank == 2:
        found = {name: heads.vote(x, shape[0]) for name, x in found.items()}
    return keras.Model(volume, _named(found), name="training")


def _inference(
    parts: _Parts, shape: tuple[int, int, int, int], looked_at: tuple[int, ...]
) -> keras.Model:
    volume = keras.Input(shape, dtype="float32", name="volume")
    x = volume
    if len(looked_at) < shape[0]:
        x = ops.take(x, list(looked_at), axis=1)
    found = parts.head(parts.backbone(_seen(parts, x)))
    logits, features = found["logits"], found["features"]
    if parts.rank == 2:
        logits = heads.vote(logits, len(looked_at))
        features = heads.mean_over_slices(features, len(looked_at))
    outputs = _named({"logits": logits, "features": features})
    outputs["probabilities"] = keras.layers.Softmax(
        dtype="float32", name="probabilities"
    )(outputs["logits"])
    return keras.Model(volume, outputs, name="inference")


def _seen(parts: _Parts, x: keras.KerasTensor) -> keras.KerasTensor:
    """What the backbone is applied to: slices side by side, in its pixels."""
    if parts.rank == 2:
        x = ops.reshape(x, (-1, *x.shape[2:]))
    return x if parts.pixels is None else parts.pixels(x)


def _named(outputs: dict[str, keras.KerasTensor]) -> dict[str, keras.KerasTensor]:
    return {
        name: keras.layers.Identity(dtype="float32", name=name)(x)
        for name, x in outputs.items()
    }
