"""The layers that the models of a classifier are joined of."""

from dataclasses import dataclass

import keras
from keras import ops

from zoo.architectures.architecture import Architecture, input_shape
from zoo.classifier import heads, input_pixels, slice_pooling
from zoo.classifier.pixel_values import channels_seen, effective_pixels
from zoo.classifier.precision import computing_in
from zoo.recipes.recipe import Recipe
from zoo.targets.target_output import TargetOutput


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """The layers that the models of a classifier share.

    Args:
        rank: of the architecture.
        adjacent: slices that are seen as one, at rank 2.
        slice_pooling: how slices are joined, at rank 2.
        pixels: what turns intensities into those the backbone is fed, if anything.
        multi_output_backbone: the backbone with the inputs of the auxiliary heads.
        attention: of slice pooling, if any.
    """

    rank: int
    adjacent: int
    slice_pooling: str
    pixels: keras.layers.Layer | None
    backbone: keras.Model
    multi_output_backbone: keras.Model
    pooling: keras.layers.Layer
    attention: keras.Model | None
    head: keras.Model
    target_outputs: tuple[TargetOutput, ...]
    covariates: int
    auxiliary: tuple[keras.Model, ...]

    def backbone_input(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """What the backbone is applied to: slices side by side, in its pixels."""
        if self.rank == 2:
            x = ops.reshape(x, (-1, *x.shape[2:]))
        return x if self.pixels is None else self.pixels(x)


def build_parts(
    recipe: Recipe,
    architecture: Architecture,
    shape: tuple[int, int, int, int],
    target_outputs: tuple[TargetOutput, ...],
    seed: int,
    covariates: int,
) -> Parts:
    """The layers of a recipe; arguments as of `classifier.build`."""
    backbone = build_backbone(recipe, architecture, shape, seed)
    taps = [backbone.get_layer(name).output for name in architecture.auxiliary]
    pool = heads.spatial_pooling(recipe.head.pooling, architecture.rank)
    features = pool.compute_output_shape(backbone.output.shape)[-1]
    attends = architecture.rank == 2 and recipe.slices.pooling == "attention"
    units = recipe.head.units
    return Parts(
        rank=architecture.rank,
        adjacent=recipe.slices.adjacent,
        slice_pooling=recipe.slices.pooling,
        pixels=_pixels_of(recipe, architecture, shape),
        backbone=backbone,
        multi_output_backbone=keras.Model(
            backbone.input, [backbone.output, *taps], name=f"{backbone.name}_tapped"
        ),
        pooling=pool,
        attention=slice_pooling.attention(features, seed) if attends else None,
        head=heads.head(
            features,
            units=architecture.head_units if units is None else units,
            dropout=recipe.head.dropout,
            target_outputs=target_outputs,
            seed=seed,
            covariates=covariates,
        ),
        target_outputs=target_outputs,
        covariates=covariates,
        auxiliary=tuple(
            heads.auxiliary_head(
                tap,
                target_output=target_outputs[0],
                seed=seed,
                name=f"auxiliary_head_{i}",
            )
            for i, tap in enumerate(taps)
        ),
    )


def build_backbone(
    recipe: Recipe,
    architecture: Architecture,
    shape: tuple[int, int, int, int],
    seed: int,
) -> keras.Model:
    """The backbone for what the network sees of a volume, in the recipe's precision."""
    channels = channels_seen(recipe, architecture, shape)
    seen = (*input_shape(architecture, shape)[:-1], channels)
    with computing_in(recipe.optimisation.precision):
        return architecture.build(seen, architecture.rank, seed)


def _pixels_of(
    recipe: Recipe, architecture: Architecture, shape: tuple[int, int, int, int]
) -> keras.layers.Layer | None:
    """What makes the backbone's pixels of intensities; none = it takes these."""
    if effective_pixels(recipe, architecture) == "none":
        return None
    return input_pixels.pixels(
        architecture.imagenet,
        channels=channels_seen(recipe, architecture, shape),
        normalisation=recipe.normalisation,
    )
