"""Rigid registration of a sequence to the reference one."""

import math

import SimpleITK as sitk

from pipelines.canonical.threads import one_thread
from pipelines.errors import StudyError

_BINS = 50
_SAMPLES = 40_000  # at most, on every level
_SEED = 20240607
_LARGEST_SHIFT_MM = 60.0
_LARGEST_TURN_DEGREES = 30.0
_LEAST_SIZE = 8  # voxels along an axis that shrinking leaves


def rigid(moving: sitk.Image, fixed: sitk.Image, sequence: str) -> sitk.Transform:
    """The rigid transform from points of `fixed` to points of `moving`.

    Mattes mutual information (Mattes et al., 2003), regular-step gradient descent
    from the scanner's own coordinates, coarse to fine. Equal to the bit from run to
    run: the sampling is seeded and one thread adds.

    Raises:
        StudyError: registration_failed, where no step can be made (hardly any
            overlap, fewer than 4 slices) or the result is beyond 60 mm or 30 degrees,
            which no patient moves in a scanner.
    """
    method = _method(fixed)
    start = sitk.Euler3DTransform()
    middle = [(size - 1) / 2 for size in fixed.GetSize()]
    start.SetCenter(fixed.TransformContinuousIndexToPhysicalPoint(middle))
    method.SetInitialTransform(start, inPlace=True)
    try:
        with one_thread():
            method.Execute(
                sitk.Cast(fixed, sitk.sitkFloat32), sitk.Cast(moving, sitk.sitkFloat32)
            )
    except RuntimeError as error:
        sizes = f"sizes {fixed.GetSize()} and {moving.GetSize()}"
        raise _failed(sequence, sizes) from error
    shift = math.dist((0, 0, 0), start.GetTranslation())
    turn = math.degrees(
        max(abs(start.GetAngleX()), abs(start.GetAngleY()), abs(start.GetAngleZ()))
    )
    if not (shift <= _LARGEST_SHIFT_MM and turn <= _LARGEST_TURN_DEGREES):
        raise _failed(sequence, f"a shift of {shift:.0f} mm, a turn of {turn:.0f} deg")
    return start


def _method(fixed: sitk.Image) -> sitk.ImageRegistrationMethod:
    """Levels, metric and optimiser for a fixed image of this size."""
    smallest = min(fixed.GetSize())
    factors = [f for f in (4, 2) if smallest // f >= _LEAST_SIZE] + [1]
    spacing = min(fixed.GetSpacing())
    voxels = fixed.GetNumberOfPixels()
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=_BINS)
    method.SetMetricSamplingStrategy(method.REGULAR)
    method.SetMetricSamplingPercentagePerLevel(
        [min(1.0, _SAMPLES * f**3 / voxels) for f in factors], _SEED
    )
    method.SetInterpolator(sitk.sitkLinear)
    method.SetShrinkFactorsPerLevel(factors)
    method.SetSmoothingSigmasPerLevel([(f - 1) * spacing for f in factors])
    method.SetSmoothingSigmasAreSpecifiedInPhysicalUnits(True)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=2.0, minStep=1e-3, numberOfIterations=200, relaxationFactor=0.6
    )
    method.SetOptimizerScalesFromPhysicalShift()
    return method


def _failed(sequence: str, received: str) -> StudyError:
    return StudyError(
        code="registration_failed",
        problem=f"{sequence} could not be registered to the reference sequence. "
        f"Received: {received}",
        cure="Look at the study, or set registration = 'none' in the task's steps",
    )
