"""The channels of a record, sampled on the grid or derived from what is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import SimpleITK as sitk

from pipelines.canonical import derived
from pipelines.canonical.derived import Derived, Source
from pipelines.canonical.fill_value import fill_value
from pipelines.canonical.resample import resample_image
from pipelines.canonical.sampling_grid import Lattice
from pipelines.errors import StudyError
from pipelines.tasks.derivation import parse
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True, eq=False)
class Prepared:
    """A sequence on its way: expressed in the reference frame, not yet resampled.

    Args:
        acquired: the same before bias correction.
        integer: whether the source holds whole numbers.
        transform: from points of the reference to its own; none = identity.
        b_value: in s/mm2; none = not known.
    """

    image: sitk.Image
    acquired: sitk.Image
    integer: bool
    transform: sitk.Transform | None = None
    b_value: float | None = None


def grid_channels(
    prepared: Mapping[str, Prepared], lattice: Lattice, task: Task
) -> tuple[np.ndarray, tuple[float, ...], tuple[int, ...]]:
    """Voxels `[D, H, W, C]`, the fill values, and which channels there are.

    Args:
        prepared: by sequence, what the study has of `Task.acquired`.

    Raises:
        StudyError: no_overlap, empty_derived, missing_sequence.
    """
    exact = {name: _source(one, one.image, lattice) for name, one in prepared.items()}
    for name, source in exact.items():
        _check_overlap(name, source)
    on_grid: dict[str, Source | Derived] = {n: _rounded(s) for n, s in exact.items()}
    on_grid |= _derived(prepared, exact, lattice, task)
    channels = {name: on_grid[name] for name in task.channels if name in on_grid}
    if not channels:
        raise StudyError(
            code="missing_sequence",
            problem="the study has no channel, nor all that one of them comes from",
            cure=f"Give what {', '.join(task.channels)} come from",
        )
    kind = _kind(list(channels.values()))
    voxels = np.zeros((*lattice.size[::-1], len(task.channels)), kind)
    for index, name in enumerate(task.channels):
        if name in channels:
            voxels[..., index] = channels[name].voxels
    return (
        voxels,
        tuple(channels[n].fill if n in channels else 0.0 for n in task.channels),
        tuple(int(name in channels) for name in task.channels),
    )


def _source(one: Prepared, image: sitk.Image, lattice: Lattice) -> Source:
    """An image on the grid, as interpolated.

    Args:
        image: of `one`, with or without bias correction.
    """
    fill = fill_value(sitk.GetArrayViewFromImage(image))
    if one.integer:  # whole for integer sources, which N4 makes fractions of
        fill = float(np.floor(fill))
    voxels = resample_image(image, lattice, fill=fill, transform=one.transform)
    return Source(voxels=voxels, fill=fill, integer=one.integer, b_value=one.b_value)


def _check_overlap(name: str, source: Source) -> None:
    if source.voxels.min() == source.voxels.max():
        raise StudyError(
            code="no_overlap",
            problem=f"nothing of {name} lies in the grid",
            cure="Check that the sequences share their coordinates, and that the "
            "grid is large enough",
        )


def _rounded(source: Source) -> Source:
    return replace(source, voxels=np.rint(source.voxels)) if source.integer else source


def _derived(
    prepared: Mapping[str, Prepared],
    exact: Mapping[str, Source],
    lattice: Lattice,
    task: Task,
) -> dict[str, Derived]:
    """The channels that are computed from others, where all of these are there."""
    fitted: dict[str, Source] = {}
    made = {}
    for sequence in task.sequences:
        derivation = None if sequence.derive is None else parse(sequence.derive)
        if derivation is None or not {*derivation.sources} <= exact.keys():
            continue
        if derivation.is_fit:
            for name in {*derivation.sources} - fitted.keys():
                fitted[name] = _to_fit(prepared[name], exact[name], lattice)
            sources = [fitted[name] for name in derivation.sources]
        else:
            sources = [_rounded(exact[name]) for name in derivation.sources]
        made[sequence.name] = derived.derive(sequence.name, derivation, sources)
    return made


def _to_fit(one: Prepared, exact: Source, lattice: Lattice) -> Source:
    """Signal on the grid, neither rounded nor divided by a bias field.

    N4 finds a field for every image anew, which would enter the coefficient; that of
    the coil is the same in all of them, and does not.
    """
    same = one.acquired is one.image
    return exact if same else _source(one, one.acquired, lattice)


def _kind(channels: list[Source | Derived]) -> type:
    """The narrowest type that holds the values, fill included."""
    lowest = min(float(one.voxels.min()) for one in channels)
    highest = max(float(one.voxels.max()) for one in channels)
    for kind in (np.int16, np.int32):
        limits = np.iinfo(kind)
        integer = all(one.integer for one in channels)
        if integer and limits.min <= lowest and highest <= limits.max:
            return kind
    return np.float32
