"""The isotropic image of diffusion in several directions: their geometric mean."""

from collections.abc import Callable, Iterable

import numpy as np
import SimpleITK as sitk

from pipelines.errors import StudyError

# Makes the error of code, problem and cure that names the images.
Refuse = Callable[[str, str, str], StudyError]


def geometric_mean(images: Iterable[sitk.Image], refuse: Refuse) -> sitk.Image:
    """exp(mean(log(values))) in double precision, 0 where any value is 0.

    Signals S0 exp(-b D) of three orthogonal directions or of directions spread evenly
    have the signal of the mean diffusivity as their geometric mean (Basser and Jones,
    NMR Biomed 2002).

    Args:
        images: of its directions, of one geometry.

    Returns:
        A float32 image.

    Raises:
        StudyError: a value is negative (negative_values).
    """
    total, number = None, 0
    for image in images:
        values = sitk.GetArrayViewFromImage(image)
        if values.min() < 0:
            raise refuse(
                "negative_values",
                "negative values, of which there is no geometric mean. "
                f"Received: {values.min()}",
                "Only magnitude images make an isotropic one",
            )
        total = np.zeros(values.shape) if total is None else total
        with np.errstate(divide="ignore"):  # log(0) is -inf, and exp(-inf) is 0
            total += np.log(values, dtype=np.float64)
        number += 1
    mean = sitk.GetImageFromArray(np.exp(total / number).astype(np.float32))
    mean.CopyInformation(image)
    return mean
