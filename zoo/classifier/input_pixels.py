"""From normalised intensities to the pixels that published weights were trained on."""

import keras

from zoo.architectures.architecture import InputConvention
from zoo.classifier.pixel_values import scale_and_offset


def pixels(
    convention: InputConvention, *, channels: int, normalisation: str
) -> keras.layers.Layer:
    """The layer that maps normalised intensities to a convention's pixels.

    How, and what it raises: see `pixel_values.scale_and_offset`.
    """
    scale, offset = scale_and_offset(
        convention, channels=channels, normalisation=normalisation
    )
    return keras.layers.Rescaling(
        scale, offset, dtype="float32", name="pixel_convention"
    )
