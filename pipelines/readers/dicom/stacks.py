"""Places of images of one orientation along their normal, and what is lacking."""

import math
from collections.abc import Sequence

import numpy as np

from pipelines.readers.dicom.geometry import POSITION_TOLERANCE_MM, projections
from pipelines.readers.dicom.headers import Frame

TURN_TOLERANCE = math.sin(math.radians(1.0))
_FEWEST = 3  # two places are always even
_EVEN = 0.05  # share of the distance
_SAME_PLACE = 0.1  # share of the distance of slices, from one part to the other


def placed(frames: Sequence[Frame]) -> bool:
    """Whether every image has a position and an orientation."""
    return all(f.position_mm is not None and f.orientation is not None for f in frames)


def same_turn(
    orientation: tuple[float, ...] | None, other: tuple[float, ...] | None
) -> bool:
    """Whether two orientations are one, to a degree."""
    if orientation is None or other is None:
        return orientation is other
    return max(abs(a - b) for a, b in zip(orientation, other)) <= TURN_TOLERANCE


def place_numbers(frames: tuple[Frame, ...]) -> np.ndarray:
    """Number of the position of each frame along the normal: `[N]`."""
    along_mm = projections(frames)
    order = np.argsort(along_mm, kind="stable")
    steps = np.diff(along_mm[order], prepend=along_mm[order[0]])
    numbers = np.empty(len(frames), int)
    numbers[order] = np.cumsum(steps >= POSITION_TOLERANCE_MM)
    return numbers


def is_even_stack(frames: tuple[Frame, ...]) -> bool:
    """Whether images of one orientation and matrix have every place once and evenly.

    Of three images and more: two are always even.
    """
    if len(frames) < _FEWEST or not placed(frames):
        return False
    first = frames[0]
    alike = all(
        (f.rows, f.columns) == (first.rows, first.columns)
        and same_turn(f.orientation, first.orientation)
        for f in frames
    )
    return alike and _is_even(np.sort(projections(frames)))


def lacks(frames: tuple[Frame, ...], others: tuple[Frame, ...]) -> bool:
    """Whether `others` have slices of the same stack where `frames` have none.

    Both are placed. Either all slices of `frames` are among those of `others`, which
    have more, or none is, and both together make one even stack.
    """
    first, other = frames[0], others[0]
    if (first.rows, first.columns) != (other.rows, other.columns) or not same_turn(
        first.orientation, other.orientation
    ):
        return False
    mine, theirs = _places_mm(frames, frames[0]), _places_mm(others, frames[0])
    distance_mm = min(_distance_mm(mine), _distance_mm(theirs))
    if not math.isfinite(distance_mm):  # one slice each
        return False
    apart_mm = np.abs(mine[:, None] - theirs[None]).min(axis=1)
    shared = apart_mm <= _SAME_PLACE * distance_mm
    if shared.all():
        return len(theirs) > len(mine)
    return not shared.any() and _is_even(np.sort(np.concatenate([mine, theirs])))


def _places_mm(frames: tuple[Frame, ...], first: Frame) -> np.ndarray:
    """Different positions along the normal of `first`, ascending."""
    along_mm = np.sort(projections((first, *frames))[1:])
    steps = np.diff(along_mm, prepend=-np.inf)
    return along_mm[steps >= POSITION_TOLERANCE_MM]


def _distance_mm(places_mm: np.ndarray) -> float:
    return float(np.median(np.diff(places_mm))) if len(places_mm) > 1 else math.inf


def _is_even(places_mm: np.ndarray) -> bool:
    if len(places_mm) < _FEWEST:
        return False
    gaps_mm = np.diff(places_mm)
    usual_mm = float(np.median(gaps_mm))
    even = np.abs(gaps_mm - usual_mm) <= _EVEN * usual_mm
    return usual_mm >= POSITION_TOLERANCE_MM and bool(even.all())
