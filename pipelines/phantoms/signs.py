"""The planted signs: what tells the class "ring" from the class "solid".

A sign is a pattern between -1 and 1 inside columns of lesion that run through most
slices. Brightness says nothing about the class:

* `texture`: in every lesion lies one bright ring, or three solid discs whose radius is
  the ring's thickness. Both have the same area, hence the same histogram in each
  slice, and the same length of outline, so that blurring (partial volume, resampling)
  changes both histograms alike. A bright rim about a dark core against the reverse
  would not do: after resizing, a regression on percentiles told them by an AUC of
  0.86.
* `through_plane`: bands of random phase lie in one large lesion and drift backwards
  ("ring") or forwards ("solid") from slice to slice towards the head. Exchanging head
  and feet turns one class into the other, and all else is drawn from a law that this
  exchange leaves alone (`anatomy.Body`, `acquisition`). So the set of a volume's
  slices, taken without their order, has one law in both classes: nothing that looks
  at slices one by one, then pools them, can beat chance. The sign survives a
  left-right flip; it does not survive a flip of slices or of front and back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

CLASSES = ("ring", "solid")

_PLACES_MM = ((-62.0, -14.0), (62.0, -14.0))
_DISCS = 3
# Radii in units of the ring's thickness: outer^2 - inner^2 = outer + inner = _DISCS.
_INNER, _OUTER = (_DISCS - 1) / 2, (_DISCS + 1) / 2
_DISTANCE = 1.35  # of the discs from the middle; they touch at 1.155
_REACH = _DISTANCE + 1.05  # radius of the lesion around ring or discs
_STEP = 0.08  # half width of the step from dark to bright


@dataclass(frozen=True, kw_only=True)
class Column:
    """A lesion: an elliptic cylinder that leans a little off the z axis.

    Args:
        centre_mm: LPS.
        semi_axes_mm: of the ellipse.
        turn_radians: of the ellipse about z.
        lean: sideways mm per mm of z, to the left and to the back.
        length_mm: from end to end along z.
    """

    centre_mm: tuple[float, float, float]
    semi_axes_mm: tuple[float, float]
    turn_radians: float
    lean: tuple[float, float]
    length_mm: float


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Bands across the front-back axis that drift along z.

    Args:
        length_mm: from one band to the next, front to back.
        period_mm: along z, until a band has taken the place of the next one.
        phase: in radians, at the centre of the lesion.
    """

    length_mm: float
    period_mm: float
    phase: float


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One patient's lesions and class.

    Args:
        label: index into `CLASSES`.
        bands: only for the sign `through_plane`.
    """

    label: int
    columns: tuple[Column, ...]
    bands: Bands | None = None


def draw_texture(generator: np.random.Generator, label: int) -> Sign:
    """Two lesions, each a quarter of the field of view wide."""
    columns = []
    for place in _PLACES_MM:
        x, y = place + generator.uniform(-6, 6, 2)
        columns.append(
            Column(
                centre_mm=(x, y, generator.uniform(-15, 15)),
                semi_axes_mm=tuple(generator.uniform(42, 48, 2).tolist()),
                turn_radians=generator.uniform(0, 2 * np.pi),
                lean=tuple(generator.uniform(-0.08, 0.08, 2).tolist()),
                length_mm=generator.uniform(110, 190),
            )
        )
    return Sign(label=label, columns=tuple(columns))


def draw_through_plane(generator: np.random.Generator, label: int) -> Sign:
    """One large lesion with about two bands across and two to three periods along z."""
    x, y = generator.uniform(-8, 8, 2)
    column = Column(
        centre_mm=(x, y - 6, generator.uniform(-10, 10)),
        semi_axes_mm=(generator.uniform(82, 98), generator.uniform(56, 64)),
        turn_radians=generator.uniform(-0.15, 0.15),
        lean=tuple(generator.uniform(-0.04, 0.04, 2).tolist()),
        length_mm=generator.uniform(150, 200),
    )
    bands = Bands(
        length_mm=generator.uniform(54, 66),
        period_mm=generator.uniform(50, 60),
        phase=generator.uniform(0, 2 * np.pi),
    )
    return Sign(label=label, columns=(column,), bands=bands)


SIGNS: dict[str, Callable[[np.random.Generator, int], Sign]] = {
    "texture": draw_texture,
    "through_plane": draw_through_plane,
}


def pattern(sign: Sign, points_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lesions at every voxel.

    Args:
        points_mm: LPS, `[3, D, H, W]`.

    Returns:
        Whether the voxel's centre is in a lesion, bool, and the pattern, -1 to 1 (0
        outside), float32; both `[D, H, W]`.
    """
    lesion = np.zeros(points_mm.shape[1:], bool)
    value = np.zeros(points_mm.shape[1:], np.float32)
    for column in sign.columns:
        along, across, z = _within(column, points_mm)
        inside = along * along + across * across < 1
        inside &= np.abs(z) < column.length_mm / 2
        if sign.bands is not None:
            profile = _drifting(sign.bands, column, points_mm, sign.label)
        elif sign.label == 0:
            profile = _ring(along, across)
        else:
            profile = _discs(along, across)
        lesion |= inside
        value = np.where(inside, profile, value)
    return lesion, value


def _within(
    column: Column, points_mm: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place along the axes of the ellipse (1 = surface), and z in mm from the middle.

    Returns:
        Three float32 `[D, H, W]`.
    """
    x, y, z = (
        points_mm[axis] - np.float32(column.centre_mm[axis]) for axis in range(3)
    )
    x = x - np.float32(column.lean[0]) * z
    y = y - np.float32(column.lean[1]) * z
    cosine, sine = np.cos(column.turn_radians), np.sin(column.turn_radians)
    a, b = column.semi_axes_mm
    along = x * np.float32(cosine / a) + y * np.float32(sine / a)
    across = y * np.float32(cosine / b) - x * np.float32(sine / b)
    return along, across, z


def _ring(along: np.ndarray, across: np.ndarray) -> np.ndarray:
    radius = np.float32(_REACH) * np.hypot(along, across)
    depth = np.minimum(radius - np.float32(_INNER), np.float32(_OUTER) - radius)
    return np.clip(depth / np.float32(_STEP), -1, 1)


def _discs(along: np.ndarray, across: np.ndarray) -> np.ndarray:
    nearest = np.float32(np.inf)
    for number in range(_DISCS):
        angle = 2 * np.pi * number / _DISCS
        side = np.float32(_REACH) * along - np.float32(_DISTANCE * np.cos(angle))
        back = np.float32(_REACH) * across - np.float32(_DISTANCE * np.sin(angle))
        nearest = np.minimum(nearest, np.hypot(side, back))
    return np.clip((1 - nearest) / np.float32(_STEP), -1, 1)


def _drifting(
    bands: Bands, column: Column, points_mm: np.ndarray, label: int
) -> np.ndarray:
    backwards = -1 if label == 0 else 1  # sign of z's term: a crest moves to +y or -y
    y = points_mm[1] - np.float32(column.centre_mm[1])
    z = points_mm[2] - np.float32(column.centre_mm[2])
    phase = y * np.float32(2 * np.pi / bands.length_mm) + z * np.float32(
        backwards * 2 * np.pi / bands.period_mm
    )
    return np.cos(phase + np.float32(bands.phase))
