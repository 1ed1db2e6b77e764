"""How well the sequences of a study lie on each other, and what registration gains."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from pipelines.canonical.registration import rigid
from pipelines.errors import StudyError
from pipelines.inspection.slice_picture import Shown

_BINS = 32
# Of the mutual information. A margin, not an optimum: on the few studies that
# `benchmarks/alignment.py` moves by known amounts, 0 to 2 % do alike (docs/series.md).
_LEAST_GAIN = 0.02
_WORTH_VOXELS = 1.0  # moved by less, nothing in the grid changes


@dataclass(frozen=True, kw_only=True, eq=False)
class Alignment:
    """Of one sequence to the reference one, on the grid of the record.

    Args:
        before, after: mutual information in nats, as it lies and when registered.
        moved_mm: how far registration moves it, on average about the centre.
        moved_voxels: the same in voxels of the grid, in the plane.
        registered: `[D, H, W]`.
        fault: why it could not be registered; "" = it could.
    """

    title: str
    sequence: str
    reference: str
    before: float
    after: float
    moved_mm: float
    moved_voxels: float
    registered: np.ndarray
    fault: str = ""

    @property
    def apart(self) -> bool:
        """Whether registration moves the sequence, to where it fits better."""
        return (
            self.moved_voxels >= _WORTH_VOXELS
            and self.after >= (1 + _LEAST_GAIN) * self.before
        )

    def advice(self, registration: str) -> str:
        """What to do.

        Args:
            registration: of the task's steps, which the volumes went through.
        """
        if self.fault:
            return f"look at it: {self.fault}"
        if not self.apart:
            return "aligned"
        if registration == "none":
            return 'apart: try registration = "rigid"'
        return "apart although registered: look at it"


def alignments(
    shown: Shown, channels: tuple[str, ...], reference: str
) -> list[Alignment]:
    """Every sequence that the study has against the reference one.

    Args:
        reference: one of the channels.
    """
    place = channels.index(reference)
    fixed, inside = shown.volume[..., place], shown.foreground[..., place]
    return [
        _alignment(shown, channel, fixed, inside, names=(name, reference))
        for channel, name in enumerate(channels)
        if channel != place and shown.foreground[..., channel].any() and inside.any()
    ]


def mutual_information(first: np.ndarray, second: np.ndarray) -> float:
    """Of two arrays of one shape, in nats, by a histogram of 32 by 32 bins."""
    counts = np.histogram2d(first.ravel(), second.ravel(), bins=_BINS)[0]
    joint = counts / counts.sum()
    product = joint.sum(1, keepdims=True) @ joint.sum(0, keepdims=True)
    there = joint > 0
    return float(np.sum(joint[there] * np.log(joint[there] / product[there])))


def _alignment(
    shown: Shown,
    channel: int,
    fixed: np.ndarray,
    inside: np.ndarray,
    names: tuple[str, str],
) -> Alignment:
    """Args: fixed, inside: of the reference, `[D, H, W]`."""
    moving = shown.volume[..., channel]
    spacing_mm = np.linalg.norm(shown.affine[:3, :3], axis=0)
    fixed_image, moving_image = _image(fixed, spacing_mm), _image(moving, spacing_mm)
    fields = {
        "title": shown.title,
        "sequence": names[0],
        "reference": names[1],
        "before": mutual_information(fixed[inside], moving[inside]),
    }
    try:
        transform = rigid(moving_image, fixed_image, names[0])
    except StudyError as error:
        return Alignment(
            **fields,
            after=fields["before"],
            moved_mm=0.0,
            moved_voxels=0.0,
            registered=moving,
            fault=error.problem,
        )
    registered = sitk.GetArrayFromImage(
        sitk.Resample(
            moving_image, fixed_image, transform, sitk.sitkLinear, float(moving.min())
        )
    )
    moved_mm = _moved_mm(transform, fixed_image)
    return Alignment(
        **fields,
        after=mutual_information(fixed[inside], registered[inside]),
        moved_mm=moved_mm,
        moved_voxels=moved_mm / float(max(spacing_mm[1:])),
        registered=registered,
    )


def _image(volume: np.ndarray, spacing_mm: np.ndarray) -> sitk.Image:
    """`[D, H, W]` in a frame of its own, which is that of all sequences of a study."""
    image = sitk.GetImageFromArray(np.ascontiguousarray(volume, np.float32))
    image.SetSpacing(spacing_mm[::-1].tolist())
    return image


def _moved_mm(transform: sitk.Transform, image: sitk.Image) -> float:
    """Mean displacement of the corners of the middle half of the volume."""
    distances = []
    for corner in np.ndindex(2, 2, 2):
        share = 0.25 + 0.5 * np.array(corner)
        index = (np.array(image.GetSize()) - 1) * share
        point = image.TransformContinuousIndexToPhysicalPoint(index.tolist())
        moved = np.subtract(transform.TransformPoint(point), point)
        distances.append(np.linalg.norm(moved))
    return float(np.mean(distances))
