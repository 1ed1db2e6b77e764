"""A volume of a NIfTI file: the whole, a frame by its number, or a shell by its b."""

import math
import os
import statistics
from dataclasses import dataclass
from functools import partial

import SimpleITK as sitk

from pipelines.errors import StudyError
from pipelines.readers import nifti, nifti_sidecars
from pipelines.readers.diffusion import shells
from pipelines.readers.diffusion.geometric_mean import geometric_mean
from pipelines.readers.diffusion.gradient import NO_GRADIENT_BELOW, Gradient, different

_MOST_SHOWN = 12  # shells of a message


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The frames of one b-value.

    Args:
        b_value: their median, in s/mm2.
        frames: ascending, from 0; where some are isotropic images, these alone.
        gradients: the different ones of these frames; none = a lone frame of which no
            .bvec file says it.
    """

    b_value: float
    frames: tuple[int, ...]
    gradients: tuple[Gradient | None, ...]


def b_value_of(
    path: str | os.PathLike, frames: int, *, frame: int | None, b_value: float | None
) -> float | None:
    """The b-value that is stated of a volume, in s/mm2; none = nothing states it.

    Args:
        frames: that the file has.
        frame, b_value: as `read`.

    Raises:
        StudyError: as `read`, but for voxels.
    """
    if b_value is not None:
        return shell(path, frames, b_value).b_value
    nifti.check_frame(frame, frames, path)
    stated = nifti_sidecars.b_values(path, frames)
    return None if stated is None else stated[frame or 0]


def shell(path: str | os.PathLike, frames: int, b_value: float) -> Shell:
    """The shell that has a b-value.

    Where the .bvec file tells directions apart, what is one shell is what
    `pipelines.readers.diffusion.shells` says of DICOM, too; else the b-values alone
    say it, and a lone frame is all that can be taken, but at b = 0.

    Args:
        frames: that the file has.
        b_value: in s/mm2, of which that of the shell may differ as within one.

    Raises:
        StudyError: missing_b_values (no .bval file), bad_b_values, bad_directions,
            no_such_shell, ambiguous_shell, missing_directions (no .bvec file, and
            several frames).
    """
    stated = nifti_sidecars.b_values(path, frames)
    if stated is None:
        raise StudyError(
            code="missing_b_values",
            problem=f"the frames of b = {b_value:.10g} are asked for, and no .bval "
            "file lies beside the NIfTI file",
            cure="Lay it there (X.bval beside X.nii.gz, as dcm2niix writes it), or "
            "name the frame by its number, from 0",
            private=str(path),
        )
    gradients = nifti_sidecars.gradients(path, stated)
    at, chosen = _of_b_value(path, _shells(stated, gradients), b_value)
    if gradients is not None:
        traces = tuple(n for n in chosen if gradients[n].kind == "isotropic")
        kept = traces or chosen
        known = tuple(different(gradients[n] for n in kept))
        return Shell(b_value=at, frames=kept, gradients=known)
    if at < NO_GRADIENT_BELOW:
        return Shell(b_value=at, frames=chosen, gradients=(Gradient(kind="none"),))
    if len(chosen) > 1:
        raise StudyError(
            code="missing_directions",
            problem=f"{len(chosen)} frames have b = {at:.10g} s/mm2, and no .bvec "
            "file beside the NIfTI file says in which directions",
            cure="Lay it there (X.bvec beside X.nii.gz, as dcm2niix writes it), or "
            "name one frame by its number, from 0",
            private=str(path),
        )
    return Shell(b_value=at, frames=chosen, gradients=(None,))


def _of_b_value(
    path: str | os.PathLike,
    there: dict[tuple[int, ...], float],
    b_value: float,
) -> tuple[float, tuple[int, ...]]:
    """Median and frames of the one shell that a b-value means.

    Args:
        there: the median of every shell, by its frames.
    """
    near = {
        frames: at
        for frames, at in there.items()
        if shells.same_shell(at, b_value) or max(at, b_value) < NO_GRADIENT_BELOW
    }
    if not near:
        raise StudyError(
            code="no_such_shell",
            problem=f"a NIfTI file has no frame of b = {b_value:.10g} s/mm2. Its .bval "
            f"file has b = {_shown([*there.values()])}",
            cure="Name a b-value that it has, or a frame by its number, from 0",
            private=str(path),
        )
    if len(near) > 1:
        raise StudyError(
            code="ambiguous_shell",
            problem=f"b = {b_value:.10g} s/mm2 is asked for, and a NIfTI file has b = "
            f"{_shown([*near.values()])}, which are no one shell",
            cure="Name a frame by its number, from 0, or split the file",
            private=str(path),
        )
    ((frames, at),) = near.items()
    return at, frames


def read(
    path: str | os.PathLike, *, frame: int | None = None, b_value: float | None = None
) -> sitk.Image:
    """Reads a 3-D file, a frame of a 4-D one, or the mean over a shell's frames.

    Args:
        frame: from 0.
        b_value: in s/mm2, in the place of a frame: the frame that has it, or the
            geometric mean (float32) over the directions or repeats that do.

    Raises:
        StudyError: as `nifti.read_image` and `shell`; of several frames
            negative_values.
    """
    if b_value is None:
        return nifti.read_image(path, frame=frame)
    chosen = shell(path, nifti.header(path).frames, b_value)
    images = nifti.read_frames(path, chosen.frames)
    if len(images) == 1:
        return images[0]
    return geometric_mean(images, partial(refuse, path))


def refuse(path: str | os.PathLike, code: str, problem: str, cure: str) -> StudyError:
    """A StudyError of a NIfTI file, which only the terminal names."""
    problem = f"a NIfTI file has {problem}"
    return StudyError(code=code, problem=problem, cure=cure, private=str(path))


def _shells(
    b_values: tuple[float, ...], gradients: tuple[Gradient, ...] | None
) -> dict[tuple[int, ...], float]:
    """The median b-value of every shell, ascending, by its frames."""
    ascending = sorted(range(len(b_values)), key=lambda n: (round(b_values[n]), n))
    groups: list[list[int]] = []
    for frame in ascending:
        lowest = round(b_values[groups[-1][0]]) if groups else -math.inf
        if round(b_values[frame]) - lowest <= shells.B_TOLERANCE:
            groups[-1].append(frame)
        else:
            groups.append([frame])
    lowest_of = [b_values[group[0]] for group in groups]
    if gradients is None:
        apart = [[Gradient(kind="directional", number=n)] for n in range(len(groups))]
    else:
        apart = [[gradients[n] for n in group] for group in groups]
    parts = [
        tuple(sorted(frame for place in part for frame in groups[place]))
        for part in shells.shells(lowest_of, apart)
    ]
    return {part: statistics.median(b_values[n] for n in part) for part in parts}


def _shown(b_values: list[float]) -> str:
    shown = ", ".join(f"{value:.10g}" for value in b_values[:_MOST_SHOWN])
    return shown + (", …" if len(b_values) > _MOST_SHOWN else "")
