"""Whether a network can see volumes as a recipe says, asked before it is built."""

from zoo.architectures.architecture import Architecture, input_shape
from zoo.classifier import pixel_values, slice_selection
from zoo.recipes.recipe import Recipe


def check(
    recipe: Recipe, architecture: Architecture, shape: tuple[int, int, int, int]
) -> None:
    """Raises what `classifier.build` would raise, without Keras and what it takes.

    What only the built network knows is left to that.

    Args:
        shape: D, H, W, C of a volume.

    Raises:
        UsageError: the volume is too small for the architecture or has fewer slices
            than the recipe asks for, the weights want another normalisation, or the
            architecture has none.
    """
    input_shape(architecture, shape)
    if pixel_values.effective_pixels(recipe, architecture) != "none":
        pixel_values.scale_and_offset(
            architecture.imagenet,
            channels=pixel_values.channels_seen(recipe, architecture, shape),
            normalisation=recipe.normalisation,
        )
    if architecture.rank == 2:
        slice_selection.check(shape[0], recipe.slices)
