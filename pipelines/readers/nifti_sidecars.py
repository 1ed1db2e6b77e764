"""What lies beside a NIfTI file of diffusion: X.bval and X.bvec beside X.nii.gz.

FSL's format, which BIDS demands and dcm2niix writes. A .json file holds no b-value of a
frame, so it is not looked at.
"""

import math
import os
import re
from pathlib import Path

from pipelines.errors import StudyError
from pipelines.readers.diffusion.gradient import NO_GRADIENT_BELOW, Gradient

_B_VALUE = re.compile(r"b=(\d{1,6}(?:\.\d{1,6})?)", re.ASCII)
_NIFTI = (".nii.gz", ".nii")
_MOST_BYTES = 4 * 2**20  # 32767 frames, which NIfTI-1 counts, take less
B_VALUES, DIRECTIONS = ".bval", ".bvec"


def named_b_value(text: str) -> float | None:
    """The b-value that `"b=800"` names, in s/mm2; none of any other text."""
    match = _B_VALUE.fullmatch(text)
    return None if match is None else float(match[1])


def beside(path: str | os.PathLike) -> tuple[str, ...]:
    """The sidecars of an image that there are."""
    return tuple(filter(os.path.exists, paths(path)))


def paths(path: str | os.PathLike) -> tuple[str, ...]:
    """Where sidecars of an image would lie: b-values, then directions."""
    both = (_sidecar(path, ending) for ending in (B_VALUES, DIRECTIONS))
    return tuple(str(one) for one in both if one is not None)


def b_values(path: str | os.PathLike, frames: int) -> tuple[float, ...] | None:
    """The b-value of each frame in s/mm2, by the .bval file; none = there is no file.

    Numbers with blanks, tabs or line breaks between them.

    Args:
        path: of the image.
        frames: that it has.

    Raises:
        StudyError: bad_b_values, where they are not one number of 0 or more for each
            frame.
    """
    sidecar = _sidecar(path, B_VALUES)
    if sidecar is None or not sidecar.exists():
        return None
    words = _text(sidecar, "bad_b_values", _B_CURE).split()
    numbers = [_number(word) for word in words]
    if not all(0 <= number < math.inf for number in numbers):
        problem = "holds something else than numbers of 0 or more"
        raise _bad(sidecar, "bad_b_values", problem, _B_CURE)
    if len(numbers) != frames:
        problem = f"holds {len(numbers)} number(s), and the image has {frames} frame(s)"
        raise _bad(sidecar, "bad_b_values", problem, _B_CURE)
    return tuple(numbers)


def gradients(
    path: str | os.PathLike, b_values: tuple[float, ...]
) -> tuple[Gradient, ...] | None:
    """The gradient of each frame, by the .bvec file; none = there is no file.

    A vector of zeros at a b-value is that of a trace. At b = 0 converters write zeros,
    any vector or "nan": it says nothing there.

    Args:
        path: of the image.
        b_values: of its frames.

    Raises:
        StudyError: bad_directions, where they are not three rows of one number for each
            frame.
    """
    sidecar = _sidecar(path, DIRECTIONS)
    if sidecar is None or not sidecar.exists():
        return None
    lines = _text(sidecar, "bad_directions", _DIRECTIONS_CURE).splitlines()
    rows = [[_number(word) for word in line.split()] for line in lines if line.strip()]
    if [len(row) for row in rows] != [len(b_values)] * 3:
        counts = ", ".join(str(len(row)) for row in rows[:4]) or "none"
        problem = (
            f"holds {len(rows)} row(s) of {counts}{', …' * (len(rows) > 4)} numbers, "
            f"and the image has {len(b_values)} frame(s)"
        )
        raise _bad(sidecar, "bad_directions", problem, _DIRECTIONS_CURE)
    vectors = tuple(zip(*rows))
    for b_value, vector in zip(b_values, vectors):
        if b_value >= NO_GRADIENT_BELOW and not all(map(math.isfinite, vector)):
            problem = "holds something else than numbers"
            raise _bad(sidecar, "bad_directions", problem, _DIRECTIONS_CURE)
    return tuple(map(_gradient, b_values, vectors))


_B_CURE = (
    "It holds one number for each frame, in s/mm2, in the order of the frames. Convert "
    "the images anew (dcm2niix writes it), or take the file away and state b_value in "
    "the task file"
)
_DIRECTIONS_CURE = (
    "It holds three rows (x, y, z) of one number for each frame. Convert the images "
    "anew (dcm2niix writes it), or name a frame by its number"
)


def _sidecar(path: str | os.PathLike, ending: str) -> Path | None:
    """Where one would lie; none of a file that is not named as NIfTI files are."""
    name = os.path.basename(path)
    for nifti in _NIFTI:
        if name.lower().endswith(nifti):
            return Path(path).with_name(name[: -len(nifti)] + ending)
    return None


def _text(sidecar: Path, code: str, cure: str) -> str:
    try:
        if sidecar.stat().st_size > _MOST_BYTES:
            raise _bad(sidecar, code, "is larger than any can be", cure)
        return sidecar.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(sidecar, code, "can't be read as text", cure) from error


def _number(word: str) -> float:
    """A number, or NaN."""
    try:
        return float(word)
    except ValueError:
        return math.nan


def _bad(sidecar: Path, code: str, problem: str, cure: str) -> StudyError:
    return StudyError(
        code=code,
        problem=f"the {sidecar.suffix} file of a NIfTI file {problem}",
        cure=cure,
        private=str(sidecar),
    )


def _gradient(b_value: float, vector: tuple[float, ...]) -> Gradient:
    if b_value < NO_GRADIENT_BELOW:
        return Gradient(kind="none")
    length = math.hypot(*vector)
    if length == 0:
        return Gradient(kind="isotropic")
    return Gradient(kind="directional", vector=tuple(x / length for x in vector))
