"""An invented body: ellipsoids of tissue with a smooth texture, in LPS millimetres."""

from dataclasses import dataclass

import numpy as np

from pipelines.phantoms.stack import Stack

TISSUES = ("fat", "muscle", "liver", "spleen", "kidney", "bone", "blood", "gas")

# Tissue, centre and semi-axes in mm; painted in this order, later ones on top.
_ORGANS = (
    ("fat", (0, 0, 0), (150, 108, 420)),
    ("muscle", (0, 2, 0), (134, 91, 400)),
    ("liver", (-62, -8, 0), (62, 66, 120)),
    ("spleen", (92, 22, 0), (26, 36, 80)),
    ("kidney", (-58, 52, 0), (24, 26, 60)),
    ("kidney", (58, 52, 0), (24, 26, 60)),
    ("gas", (40, -62, 0), (26, 14, 40)),
    ("bone", (0, 62, 0), (24, 22, 400)),
    ("blood", (10, 30, 0), (9, 9, 400)),
)
_WAVES = 10
_TEXTURE_STRENGTH = 0.06


@dataclass(frozen=True, kw_only=True, eq=False)
class Ripples:
    """Bumps and dents of a surface.

    Args:
        height: standard deviation of the squared radius, as a share.
        vectors: radians per unit vector of direction, `[N, 3]`.
        phases: `[N]`.
    """

    height: float
    vectors: np.ndarray
    phases: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Organ:
    """An ellipsoid of one tissue, turned about the z axis, smooth without ripples."""

    tissue: str
    centre_mm: tuple[float, float, float]
    semi_axes_mm: tuple[float, float, float]
    turn_radians: float = 0.0
    ripples: Ripples | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Body:
    """One patient's anatomy, the same for every sequence.

    The law it is drawn from is symmetric in z (head and feet may be exchanged), so
    no slice betrays where along z it lies; the proof in `signs` builds on that.

    Args:
        organs: painted in order, the first one is the outline of the body.
        waves: wave vectors in radians per mm, `[N, 3]`, of the texture.
        phases: of the waves, `[N]`.
    """

    organs: tuple[Organ, ...]
    waves: np.ndarray
    phases: np.ndarray


def draw(generator: np.random.Generator) -> Body:
    """Draws a body: jittered organs and a texture of 20 to 90 mm wavelength."""
    size = generator.uniform(0.94, 1.06)
    shift = np.array([*generator.normal(0, 4, 2), 0.0])
    organs = []
    for tissue, centre, semi_axes in _ORGANS:
        jitter = generator.normal(0, (3, 3, 15))
        scale = size * generator.uniform(0.93, 1.07, 3)
        outline = tissue in ("fat", "muscle")
        place = shift if outline else shift + size * np.array(centre) + jitter
        axes = np.array(semi_axes) * (size if outline else scale)
        organs.append(
            Organ(
                tissue=tissue,
                centre_mm=tuple(place.tolist()),
                semi_axes_mm=tuple(axes.tolist()),
                turn_radians=0.0 if outline else float(generator.normal(0, 0.15)),
            )
        )
    directions = generator.normal(size=(_WAVES, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths_mm = generator.uniform(20, 90, (_WAVES, 1))
    return Body(
        organs=tuple(organs),
        waves=directions * 2 * np.pi / lengths_mm,
        phases=generator.uniform(0, 2 * np.pi, _WAVES),
    )


def inside(organ: Organ, points_mm: np.ndarray, edge: float = 0.12) -> np.ndarray:
    """How much of a voxel an organ fills, 0 to 1.

    Args:
        points_mm: `[3, D, H, W]`.
        edge: width of the soft rim, as a share of the squared radius.

    Returns:
        float32 `[D, H, W]`.
    """
    x, y, z = (points_mm[axis] - np.float32(organ.centre_mm[axis]) for axis in range(3))
    cosine, sine = np.cos(organ.turn_radians), np.sin(organ.turn_radians)
    a, b, c = organ.semi_axes_mm
    along = x * np.float32(cosine / a) + y * np.float32(sine / a)
    across = y * np.float32(cosine / b) - x * np.float32(sine / b)
    radius = along * along + across * across + np.square(z * np.float32(1 / c))
    if organ.ripples is not None:
        radius = _rippled(organ.ripples, (along, across, z / np.float32(c)), radius)
    return np.clip((1 - radius) * np.float32(1 / edge) + np.float32(0.5), 0, 1)


def _rippled(
    ripples: Ripples, place: tuple[np.ndarray, ...], radius: np.ndarray
) -> np.ndarray:
    """The squared radius against that of the surface in its direction."""
    near = (radius > np.float32(0.2)) & (radius < np.float32(4))
    unit = np.stack([axis[near] for axis in place]) / np.sqrt(radius[near])
    total = np.zeros(unit.shape[1], np.float32)
    for vector, phase in zip(ripples.vectors, ripples.phases):
        total += np.cos(vector.astype(np.float32) @ unit + np.float32(phase))
    total *= np.float32(ripples.height * np.sqrt(2 / len(ripples.phases)))
    radius = radius.copy()
    radius[near] /= np.maximum(1 + total, np.float32(0.1))
    return radius


def paint(
    body: Body, points_mm: np.ndarray, values: tuple[dict[str, float], ...]
) -> tuple[np.ndarray, ...]:
    """Paints the organs, one picture per table of values by tissue; air is 0.

    Returns:
        As many float32 `[D, H, W]` as `values` has tables.
    """
    pictures = [np.zeros(points_mm.shape[1:], np.float32) for _ in values]
    for organ in body.organs:
        share = inside(organ, points_mm)
        for picture, value in zip(pictures, values):
            picture += share * (np.float32(value[organ.tissue]) - picture)
    return tuple(pictures)


def texture(body: Body, stack: Stack) -> np.ndarray:
    """A factor about 1 for the tissue signal, float32 `[D, H, W]`."""
    total = np.zeros(stack.shape, np.float32)
    for vector, phase in zip(body.waves, body.phases):
        total += stack.wave(vector, float(phase))
    return 1 + np.float32(_TEXTURE_STRENGTH * np.sqrt(2 / _WAVES)) * total
