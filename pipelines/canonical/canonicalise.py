"""A study of any geometry becomes one array on the task's grid."""

from dataclasses import dataclass, replace

import numpy as np
import SimpleITK as sitk

from pipelines.canonical import (
    bias_field,
    centre,
    derived,
    orientation,
    registration,
)
from pipelines.canonical.crop import foreground_box
from pipelines.canonical.fill_value import fill_value
from pipelines.canonical.image_selection import reference_name, usable_images
from pipelines.canonical.resample import resample_image, resample_mask
from pipelines.canonical.roi import mask_outside, no_mask, region_box
from pipelines.canonical.sampling_grid import Lattice, lattice_of, place, whole
from pipelines.errors import StudyError
from pipelines.readers.volume import Study
from pipelines.tasks.derivation import parse
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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Channel:
    """A sequence on its way: expressed in the reference frame, not yet resampled."""

    image: sitk.Image
    integer: bool
    transform: sitk.Transform | None = None


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
            constant_image, empty_derived, n4_failed, registration_failed, no_overlap,
            no_mask, empty_mask, mask_outside, too_few_slices, no_centre.
    """
    images = usable_images(study, task)
    reference = reference_name(images, task)
    frame = orientation.frame_of(images[reference], task.grid.orientation)
    channels = _prepared(images, reference, frame, task)
    mask_in_frame = (
        None if study.mask is None else orientation.express(study.mask, frame)
    )
    lattice = _lattice(channels, reference, mask_in_frame, task)
    mask = None if mask_in_frame is None else resample_mask(mask_in_frame, lattice)
    voxels, fill, present = _sampled(channels, lattice, task)
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
) -> dict[str, _Channel]:
    """Corrected and registered sequences in the reference frame."""
    images_in_frame = {}
    for name, image in images.items():
        corrected = bias_field.correct(image, name) if task.steps.n4 else image
        images_in_frame[name] = orientation.express(corrected, frame)
    channels = {}
    for name, image in images_in_frame.items():
        transform = None
        if task.steps.registration == "rigid" and name != reference:
            transform = registration.rigid(image, images_in_frame[reference], name)
        integer = sitk.GetArrayViewFromImage(images[name]).dtype.kind in "iu"
        channels[name] = _Channel(image=image, integer=integer, transform=transform)
    return channels


def _lattice(
    channels: dict[str, _Channel], reference: str, mask: sitk.Image | None, task: Task
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
    channels: dict[str, _Channel], reference: str, task: Task
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


def _sampled(
    channels: dict[str, _Channel], lattice: Lattice, task: Task
) -> tuple[np.ndarray, tuple[float, ...], tuple[int, ...]]:
    """Voxels `[D, H, W, C]`, the fill values, and which channels there are."""
    shape, fill = lattice.size[::-1], {}
    sampled = {}
    for name, channel in channels.items():
        fill[name] = _fill(channel)
        values = resample_image(
            channel.image, lattice, fill=fill[name], transform=channel.transform
        )
        if values.min() == values.max():
            raise StudyError(
                code="no_overlap",
                problem=f"nothing of {name} lies in the grid",
                cure="Check that the sequences share their coordinates, and that the "
                "grid is large enough",
            )
        sampled[name] = np.rint(values) if channel.integer else values
    whole_numbers = {name for name in channels if channels[name].integer}
    for name, made in _derived(sampled, fill, whole_numbers, task).items():
        sampled[name], fill[name] = made.voxels, made.fill
        whole_numbers |= {name} if made.integer else set()
    kind = _kind(sampled, whole_numbers == sampled.keys())
    voxels = np.zeros((*shape, len(task.channels)), kind)
    for index, name in enumerate(task.channels):
        if name in sampled:
            voxels[..., index] = sampled[name]
    return (
        voxels,
        tuple(fill.get(name, 0.0) for name in task.channels),
        tuple(int(name in sampled) for name in task.channels),
    )


def _derived(
    sampled: dict[str, np.ndarray],
    fill: dict[str, float],
    whole_numbers: set[str],
    task: Task,
) -> dict[str, derived.Derived]:
    """The channels that are computed from those on the grid, where both are there."""
    made = {}
    for sequence in task.sequences:
        if sequence.derive is None:
            continue
        derivation = parse(sequence.derive)
        first, second = derivation.sources
        if {first, second} <= sampled.keys():
            made[sequence.name] = derived.derive(
                sequence.name,
                derivation,
                (sampled[first], sampled[second]),
                (fill[first], fill[second]),
                integer={first, second} <= whole_numbers,
            )
    return made


def _fill(channel: _Channel) -> float:
    """The fill value; whole for integer sources, which N4 makes fractions of."""
    value = fill_value(sitk.GetArrayViewFromImage(channel.image))
    return float(np.floor(value)) if channel.integer else value


def _kind(sampled: dict[str, np.ndarray], integer: bool) -> type:
    """The narrowest type that holds the values, fill included."""
    lowest = min(float(values.min()) for values in sampled.values())
    highest = max(float(values.max()) for values in sampled.values())
    for kind in (np.int16, np.int32):
        limits = np.iinfo(kind)
        if integer and limits.min <= lowest and highest <= limits.max:
            return kind
    return np.float32
