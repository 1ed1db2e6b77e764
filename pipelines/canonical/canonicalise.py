"""A study of any geometry becomes one array on the task's grid."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import SimpleITK as sitk

from pipelines.canonical import (
    bias_field,
    centre,
    orientation,
    registration,
)
from pipelines.canonical.crop import foreground_box
from pipelines.canonical.grid_channels import Prepared, grid_channels
from pipelines.canonical.image_selection import reference_name, usable_images
from pipelines.canonical.resample import resample_mask
from pipelines.canonical.roi import mask_outside, no_mask, region_box
from pipelines.canonical.sampling_grid import Lattice, lattice_of, place, whole
from pipelines.cohort.b_values import b_values
from pipelines.readers.volume import Study
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True, eq=False)
class Canonical:
    """A study on the task's grid, with the source's values.

    Args:
        voxels: `[D, H, W, C]`; int16 where all sequences hold integers (int32 where
            those need it), else float32.
        fill: per channel, the value of voxels outside the source; see `fill_value`.
        present: per channel 1, or 0 where the sequence is missing.
        affine: `[4, 4]`, voxel (d, h, w, 1) to LPS millimetres.
        mask: region of interest, uint8 `[D, H, W]`, or none.
    """

    voxels: np.ndarray
    fill: tuple[float, ...]
    present: tuple[int, ...]
    affine: np.ndarray
    mask: np.ndarray | None = None

    def __post_init__(self):
        channels = self.voxels.shape[-1]
        if self.voxels.ndim != 4 or {len(self.fill), len(self.present)} != {channels}:
            raise ValueError(
                "voxels are [D, H, W, C] with a fill and a present for each channel. "
                f"Received: {self.voxels.shape}, {self.fill}, {self.present}"
            )
        if self.voxels.dtype not in (np.int16, np.int32, np.float32):
            raise ValueError(
                f"voxels are int16, int32 or float32. Received: {self.voxels.dtype}"
            )
        if self.affine.shape != (4, 4):
            raise ValueError(f"affine is [4, 4]. Received: {self.affine.shape}")


def canonicalise(study: Study, task: Task) -> Canonical:
    """Brings every sequence of `study` onto the task's grid, by one interpolation.

    Bias correction comes first; registration and the crop only decide where the grid
    samples. Integer sources stay integer, rounded to the nearest (error up to half a
    unit). The same study gives the same bytes on any number of threads.
    Sequences that the task does not name are not looked at. By series
    (`unit = "series"`) the study's one volume is the one channel.

    A mask is told in the scanner's coordinates of the reference sequence; registration
    does not move it.

    Raises:
        StudyError: missing_sequence, missing_reference, one_series, nan_voxels,
            constant_image, no_b_value, same_b_value, other_b_value, empty_derived,
            n4_failed, registration_failed, no_overlap, no_mask, empty_mask,
            mask_outside, too_few_slices, no_centre.
    """
    images = usable_images(study, task)
    measured = {n: v.b_value for n, v in study.volumes.items() if n in images}
    known = b_values(measured, task)
    reference = reference_name(images, task)
    frame = orientation.frame_of(images[reference], task.grid.orientation)
    channels = _prepared(images, reference, frame, task, known)
    mask_in_frame = (
        None if study.mask is None else orientation.express(study.mask, frame)
    )
    lattice = _lattice(channels, reference, mask_in_frame, task)
    mask = None if mask_in_frame is None else resample_mask(mask_in_frame, lattice)
    voxels, fill, present = grid_channels(channels, lattice, task)
    return Canonical(
        voxels=voxels,
        fill=fill,
        present=present,
        affine=orientation.affine(frame, lattice.origin_mm, lattice.spacing_mm),
        mask=mask,
    )


def slice_of(canonical: Canonical, number: int) -> Canonical:
    """One slice of a study, where it lies in the body."""
    affine = canonical.affine.copy()
    affine[:3, 3] += affine[:3, 0] * number
    mask = canonical.mask
    return replace(
        canonical,
        voxels=canonical.voxels[number : number + 1],
        affine=affine,
        mask=None if mask is None else mask[number : number + 1],
    )


def _prepared(
    images: dict[str, sitk.Image],
    reference: str,
    frame: orientation.ReferenceFrame,
    task: Task,
    known: Mapping[str, float],
) -> dict[str, Prepared]:
    """Corrected and registered sequences in the reference frame.

    Args:
        known: b-values by sequence.
    """
    images_in_frame = {}
    for name, image in images.items():
        corrected = bias_field.correct(image, name) if task.steps.n4 else image
        images_in_frame[name] = orientation.express(corrected, frame)
    channels = {}
    for name, image in images_in_frame.items():
        transform = None
        if task.steps.registration == "rigid" and name != reference:
            transform = registration.rigid(image, images_in_frame[reference], name)
        acquired = image
        if task.steps.n4:
            acquired = orientation.express(images[name], frame)
        channels[name] = Prepared(
            image=image,
            acquired=acquired,
            integer=sitk.GetArrayViewFromImage(images[name]).dtype.kind in "iu",
            transform=transform,
            b_value=known.get(name),
        )
    return channels


def _lattice(
    channels: dict[str, Prepared], reference: str, mask: sitk.Image | None, task: Task
) -> Lattice:
    """Where the grid lies.

    Args:
        mask: expressed in the reference frame.
    """
    first = channels[reference]
    box = whole(first.image)
    if task.steps.background_crop:
        others = [channels[name] for name in channels if name != reference]
        ordered = [first, *others]
        box = foreground_box([c.image for c in ordered], [c.transform for c in ordered])
    if task.steps.wants_mask:
        if mask is None:
            raise no_mask()
        inside = resample_mask(mask, lattice_of(first.image)) > 0
        if not inside.any() and sitk.GetArrayViewFromImage(mask).any():
            raise mask_outside()
        box = region_box(inside, task.steps, box)
    return place(first.image, box, task.grid, _centre(channels, reference, task))


def _centre(
    channels: dict[str, Prepared], reference: str, task: Task
) -> tuple[float, float] | None:
    """The centre that the task has found from the images; none = the box's."""
    named = [channels[name] for name in task.grid.centre_of]
    match task.grid.centre:
        case "motion":
            first, second = ((one.image, one.transform) for one in named)
            return centre.of_motion(channels[reference].image, (first, second))
        case "centroid":
            return centre.of_foreground(channels[reference].image)
    return None
