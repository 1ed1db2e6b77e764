"""Which pixels a backbone is fed, and what makes them of normalised intensities."""

from typing import Literal

from pipelines.errors import UsageError
from zoo.architectures.architecture import Architecture, InputConvention
from zoo.recipes.recipe import Recipe

# Deviation of ImageNet's pixels in [0, 1], mean of the three channels.
TYPICAL_DEVIATION = 0.226


def effective_pixels(
    recipe: Recipe, architecture: Architecture
) -> Literal["none", "imagenet"]:
    """What the backbone is fed, with `recipe.pixels` = `"auto"` resolved.

    Raises:
        UsageError: ImageNet's weights or pixels for an architecture without.
    """
    wanted = "imagenet" in (recipe.weights, recipe.pixels)
    if wanted and architecture.imagenet is None:
        raise UsageError(
            f"there are no ImageNet weights for {architecture.name}. Train it with "
            "weights = 'none' or choose another architecture"
        )
    if recipe.pixels != "auto":
        return recipe.pixels
    named = recipe.weights in ("imagenet", "file")
    return "imagenet" if named and architecture.imagenet is not None else "none"


def scale_and_offset(
    convention: InputConvention, *, channels: int, normalisation: str
) -> tuple[list[float], list[float]]:
    """What intensities are multiplied by, and what is then added, by channel `[C]`.

    `percentile` and `equalise` give intensities in [0, 1]: they are taken for pixels,
    `(x * scale - mean) / deviation`. `zscore` gives mean 0 and deviation 1: the mean
    becomes ImageNet's mean pixel, the deviation the typical one of ImageNet's pixels
    (0.226 of the full range, 57.6 on bytes), so `x * 0.226 * scale / deviation`.

    Three channels stand for red, green and blue in the recipe's order (the stem's
    kernels are reordered, not the channels). Any other number shares the mean of the
    three means and of the three deviations.

    Raises:
        UsageError: normalisation `none` says nothing of the intensities' range.
    """
    mean, deviation = convention.mean, convention.deviation
    if convention.order == "bgr":
        mean, deviation = mean[::-1], deviation[::-1]
    if channels != 3:
        mean = (sum(mean) / 3,) * channels
        deviation = (sum(deviation) / 3,) * channels
    if normalisation in ("percentile", "equalise"):
        scale = [convention.scale / d for d in deviation]
        offset = [-m / d for m, d in zip(mean, deviation, strict=True)]
    elif normalisation == "zscore":
        scale = [TYPICAL_DEVIATION * convention.scale / d for d in deviation]
        offset = [0.0] * channels
    else:
        raise UsageError(
            "ImageNet weights want intensities of a known range. Received: "
            f"normalisation = {normalisation!r}. Choose percentile, equalise or zscore"
        )
    return scale, offset


def channels_seen(
    recipe: Recipe, architecture: Architecture, shape: tuple[int, int, int, int]
) -> int:
    """Channels of what the network sees at once of a volume `(D, H, W, C)`."""
    beside = recipe.slices.adjacent if architecture.rank == 2 else 1
    return beside * shape[-1]
