"""Joins a backbone and a head to the models that are trained and that serve."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from zoo.architectures.architecture import Architecture
from zoo.classifier import freezing, input_checks, slice_pooling, slice_selection
from zoo.classifier.layers import Parts, build_parts
from zoo.recipes.recipe import Recipe
from zoo.targets import slice_votes
from zoo.targets.target_output import TargetOutput


@dataclass(frozen=True, kw_only=True, eq=False)
class Classifier:
    """Three models over the same weights. Outputs are float32 dicts by name.

    Args:
        backbone: from what the network sees at once, `[B, H, W, adjacent * C]` at rank
            2 and `[B, D, H, W, C]` at rank 3, to its feature map.
        training: `volume` `[B, D, H, W, C]`, at rank 2 `[B, slices.train, H, W,
            slices.adjacent * C]`, to what the last layer says of the main target,
            `logits` `[B, target_output.size]`, of each further one, `logits_<name>`,
            and, where the architecture has auxiliary heads, of the main one
            `auxiliary_0` ...
        inference: `volume` `[B, D, H, W, C]` to the pooled `features` `[B, F]` and the
            outputs of each target (see `zoo.targets.output_activations`), of classes
            `logits` and `probabilities` `[B, K]`.
        layer_freezing: changes from stage to stage what of the backbone is trained; as
            built it is what the last stage trains.

    With covariates training and inference take a dict: `volume`, and `covariates`
    `[B, E]`.
    """

    backbone: keras.Model
    training: keras.Model
    inference: keras.Model
    layer_freezing: freezing.LayerFreezing


def build(
    recipe: Recipe,
    architecture: Architecture,
    *,
    shape: tuple[int, int, int, int],
    target_outputs: tuple[TargetOutput, ...],
    seed: int,
    covariates: int = 0,
) -> Classifier:
    """Builds the models of a recipe, with initial weights.

    At rank 2 the volume gets from its slices what `recipe.slices.pooling` says (see
    `zoo.classifier.slice_pooling`); auxiliary heads always pool by probabilities, and
    `features` are those of the volume: the mean over its slices, weighted where there
    is attention. Inference looks at the recipe's slices, training at as many as it is
    given. All layers are Keras' own, so a saved model loads without this package.

    Of the backbone is trained what the recipe's last stage trains, see `LayerFreezing`.

    Args:
        shape: D, H, W, C of a volume.
        target_outputs: what is learned, the main one first.
        seed: of initial weights and dropout; the same seed gives the same weights.
        covariates: E, numbers of the encoded covariates; 0 = the network has none.

    Raises:
        UsageError: the volume is too small for the architecture, or has fewer slices
            than the recipe asks for; the weights want another normalisation, or the
            architecture has none or lacks a frozen layer.
    """
    input_checks.check(recipe, architecture, shape)
    parts = build_parts(recipe, architecture, shape, target_outputs, seed, covariates)
    layer_freezing = freezing.LayerFreezing(parts.backbone, recipe.transfer)
    depth, *plane, channels = shape
    train, evaluate = shape, tuple(range(depth))
    if architecture.rank == 2:
        train = (recipe.slices.train, *plane, parts.adjacent * channels)
        evaluate = slice_selection.evaluated(depth, recipe.slices)
    return Classifier(
        backbone=parts.backbone,
        training=_training(parts, train),
        inference=_inference(parts, shape, evaluate),
        layer_freezing=layer_freezing,
    )


def _training(parts: Parts, shape: tuple[int, int, int, int]) -> keras.Model:
    inputs = _inputs(parts, shape)
    volume = inputs["volume"]
    feature_map, *taps = keras.tree.flatten(
        parts.multi_output_backbone(parts.backbone_input(volume))
    )
    numbers, _ = _decided(parts, feature_map, inputs.get("covariates"), shape[0])
    outputs = {
        f"logits{target_output.suffix}": x
        for target_output, x in zip(parts.target_outputs, numbers)
    }
    for i, (auxiliary, tap) in enumerate(zip(parts.auxiliary, taps, strict=True)):
        x = auxiliary(tap)
        if parts.rank == 2:
            x = parts.target_outputs[0].kind.vote(x, shape[0], "probabilities")
        outputs[f"auxiliary_{i}"] = x
    return keras.Model(_or_alone(inputs), _named(outputs), name="training")


def _inference(
    parts: Parts, shape: tuple[int, int, int, int], looked_at: tuple[int, ...]
) -> keras.Model:
    inputs = _inputs(parts, shape)
    x = volume = inputs["volume"]
    if len(looked_at) < shape[0] or parts.adjacent > 1:
        beside = slice_selection.neighbours(looked_at, shape[0], parts.adjacent)
        x = [ops.take(volume, list(places), axis=1) for places in beside]
        x = x[0] if len(x) == 1 else ops.concatenate(x, axis=-1)
    feature_map = parts.backbone(parts.backbone_input(x))
    numbers, features = _decided(
        parts, feature_map, inputs.get("covariates"), len(looked_at)
    )
    outputs = _named({"features": features})
    for target_output, x in zip(parts.target_outputs, numbers):
        outputs |= target_output.kind.activation(
            x, target_output.suffix, target_output.column_statistics
        )
    return keras.Model(_or_alone(inputs), outputs, name="inference")


def _inputs(parts: Parts, shape: tuple[int, ...]) -> dict[str, keras.KerasTensor]:
    inputs = {"volume": keras.Input(shape, dtype="float32", name="volume")}
    if parts.covariates:
        size = (parts.covariates,)
        inputs["covariates"] = keras.Input(size, dtype="float32", name="covariates")
    return inputs


def _or_alone(inputs: dict[str, keras.KerasTensor]):
    """The inputs by name, or the volume as the only one."""
    return inputs if len(inputs) > 1 else inputs["volume"]


def _decided(
    parts: Parts,
    feature_map: keras.KerasTensor,
    covariates: keras.KerasTensor | None,
    looked_at: int,
) -> tuple[list[keras.KerasTensor], keras.KerasTensor]:
    """The numbers of each target, and features `[B, F]`, of volumes."""

    def head(features: keras.KerasTensor, times: int) -> list[keras.KerasTensor]:
        if covariates is None:
            return _by_target(parts.head(features), parts.target_outputs)
        repeated = ops.repeat(covariates, times, axis=0)
        return _by_target(parts.head([features, repeated]), parts.target_outputs)

    features = parts.pooling(feature_map)
    if parts.rank == 3:
        return head(features, 1), features
    if parts.attention is not None:
        scores = parts.attention(features)
        features = slice_pooling.attended(features, scores, looked_at)
        return head(features, 1), features
    numbers = [
        target_output.kind.vote(x, looked_at, parts.slice_pooling)
        for target_output, x in zip(parts.target_outputs, head(features, looked_at))
    ]
    return numbers, slice_votes.mean(features, looked_at)


def _by_target(
    numbers: keras.KerasTensor, target_outputs: tuple[TargetOutput, ...]
) -> list[keras.KerasTensor]:
    """The numbers of each target, which the head gives side by side."""
    if len(target_outputs) == 1:
        return [numbers]
    ends = np.cumsum([target_output.size for target_output in target_outputs]).tolist()
    return [
        numbers[:, end - target_output.size : end]
        for target_output, end in zip(target_outputs, ends)
    ]


def _named(outputs: dict[str, keras.KerasTensor]) -> dict[str, keras.KerasTensor]:
    return {
        name: keras.layers.Identity(dtype="float32", name=name)(x)
        for name, x in outputs.items()
    }
