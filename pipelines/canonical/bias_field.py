"""N4 bias field correction."""

import numpy as np
import SimpleITK as sitk

from pipelines.canonical.crop import foreground
from pipelines.canonical.threads import one_thread
from pipelines.errors import StudyError

_FITTED_SIZE = 48  # voxels that the field is fitted to along an axis, about
_ITERATIONS = (50, 50, 50, 50)  # one number for each fitting level


def correct(image: sitk.Image, sequence: str) -> sitk.Image:
    """Divides out the bias field that N4 finds (Tustison et al., 2010).

    The field is fitted to the foreground by Otsu on a copy shrunk to about 48 voxels
    an axis, then computed at full resolution, on one thread.

    Returns:
        float32 with the image's geometry; background zeros stay zero.

    Raises:
        StudyError: n4_failed.
    """
    image = sitk.Cast(image, sitk.sitkFloat32)
    mask = sitk.And(foreground(image), sitk.Greater(image, 0))
    if not np.any(sitk.GetArrayViewFromImage(mask)):
        raise _failed(sequence, "no positive foreground")
    factors = [max(1, size // _FITTED_SIZE) for size in image.GetSize()]
    fit = sitk.N4BiasFieldCorrectionImageFilter()
    fit.SetMaximumNumberOfIterations(_ITERATIONS)
    try:
        with one_thread():
            fit.Execute(sitk.Shrink(image, factors), sitk.Shrink(mask, factors))
            field = sitk.Exp(fit.GetLogBiasFieldAsImage(image))
    except RuntimeError as error:
        raise _failed(sequence, f"size {image.GetSize()}") from error
    corrected = sitk.Divide(image, sitk.Cast(field, sitk.sitkFloat32))
    if not np.all(np.isfinite(sitk.GetArrayViewFromImage(corrected))):
        raise _failed(sequence, "a field that is not finite")
    return corrected


def _failed(sequence: str, received: str) -> StudyError:
    return StudyError(
        code="n4_failed",
        problem=f"N4 found no bias field in {sequence}. Received: {received}",
        cure="Switch n4 off in the task's steps, or leave the study out",
    )
