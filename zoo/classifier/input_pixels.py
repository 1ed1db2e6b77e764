"""From normalised intensities to the pixels that published weights were trained on."""

import keras

from pipelines.errors import UsageError
from zoo.architectures.architecture import InputConvention

# Deviation of ImageNet's pixels in [0, 1], mean of the three channels.
TYPICAL_DEVIATION = 0.226


def pixels(
    convention: InputConvention, *, channels: int, normalisation: str
) -> keras.layers.Layer:
    """The layer that maps normalised intensities to a convention's pixels.

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
    return keras.layers.Rescaling(
        scale, offset, dtype="float32", name="pixel_convention"
    )
