"""The anatomies of the study plans: abdomen, brain with a tumour, pelvis."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from pipelines.phantoms.anatomy import Body, Organ

_WAVES = 10


@dataclass(frozen=True, kw_only=True)
class Place:
    """An organ before it is jittered: tissue, centre and semi-axes in mm.

    Args:
        jitter_mm: standard deviation of its centre.
        outline: turns and moves with the whole body alone.
    """

    tissue: str
    centre_mm: tuple[float, float, float]
    semi_axes_mm: tuple[float, float, float]
    jitter_mm: float = 5.0
    outline: bool = False


def _place(tissue: str, *values: float, jitter: float = 5.0) -> Place:
    return Place(
        tissue=tissue,
        centre_mm=values[:3],
        semi_axes_mm=values[3:],
        jitter_mm=jitter,
        outline=jitter == 0,
    )


PLACES = {
    "abdomen": (
        _place("fat", 0, 0, 0, 150, 108, 420, jitter=0),
        _place("muscle", 0, 2, 0, 134, 91, 400, jitter=0),
        _place("liver", -55, -6, 0, 68, 70, 120),
        _place("spleen", 92, 22, 0, 26, 36, 80),
        _place("kidney", -58, 58, 0, 22, 20, 60),
        _place("kidney", 58, 52, 0, 24, 26, 60),
        _place("gas", 40, -62, 0, 26, 14, 40),
        _place("bone", 0, 62, 0, 24, 22, 400),
        _place("blood", 10, 30, 0, 9, 9, 400),
    ),
    "brain": (
        _place("fat", 0, 0, 0, 76, 94, 86, jitter=0),
        _place("bone", 0, 0, 0, 71, 89, 81, jitter=0),
        _place("fluid", 0, 0, 0, 66, 84, 76, jitter=0),
        _place("grey", 0, 0, 0, 64, 82, 74, jitter=0),
        _place("white", 0, 0, 2, 53, 70, 60, jitter=0),
        _place("fluid", -11, -4, 6, 6, 26, 16, jitter=1),
        _place("fluid", 11, -4, 6, 6, 26, 16, jitter=1),
        _place("grey", -14, 8, -4, 8, 13, 10, jitter=1),
        _place("grey", 14, 8, -4, 8, 13, 10, jitter=1),
    ),
    "pelvis": (
        _place("fat", 0, 0, 0, 172, 112, 420, jitter=0),
        _place("muscle", 0, 6, 0, 150, 92, 400, jitter=0),
        _place("marrow", -92, 0, 0, 26, 26, 34),
        _place("marrow", 92, 0, 0, 26, 26, 34),
        _place("fat", 0, 10, 0, 62, 66, 200),
        _place("bladder", 0, -22, 38, 36, 30, 26),
        _place("rectum", 0, 46, 0, 17, 15, 300),
        _place("gas", 0, 46, 4, 9, 8, 40),
        _place("peripheral", 0, 12, -6, 27, 21, 24),
        _place("transition", 0, 7, -3, 18, 13, 17, jitter=1),
    ),
}


def draw(
    anatomy: str, generator: np.random.Generator, growth: dict[str, float]
) -> Body:
    """Draws a body.

    Args:
        growth: by tissue, how much larger it is than usual.
    """
    size = generator.uniform(0.92, 1.08, 3)
    shift = np.array([*generator.normal(0, 3, 2), 0.0])
    organs = [
        _organ(place, size, shift, growth.get(place.tissue, 0.0), generator)
        for place in PLACES[anatomy]
    ]
    if anatomy == "brain":
        organs += _tumour(generator, shift)
    directions = _directions(generator, _WAVES)
    lengths_mm = generator.uniform(20, 90, (_WAVES, 1))
    return Body(
        organs=tuple(organs),
        waves=directions * 2 * np.pi / lengths_mm,
        phases=generator.uniform(0, 2 * np.pi, _WAVES),
    )


def replaced(body: Body, tissue: str, **values: object) -> Body:
    """The body with other values of every organ of a tissue."""
    organs = tuple(
        dataclasses.replace(organ, **values) if organ.tissue == tissue else organ
        for organ in body.organs
    )
    return dataclasses.replace(body, organs=organs)


def _organ(
    place: Place,
    size: np.ndarray,
    shift: np.ndarray,
    growth: float,
    generator: np.random.Generator,
) -> Organ:
    jitter = generator.normal(0, 1, 3) * place.jitter_mm
    scale = generator.uniform(0.88, 1.12, 3)
    if place.outline:
        jitter, scale = np.zeros(3), np.ones(3)
    axes = np.array(place.semi_axes_mm) * size * scale * max(0.5, 1 + growth)
    turn = 0.0 if place.outline else float(generator.normal(0, 0.12))
    return Organ(
        tissue=place.tissue,
        centre_mm=tuple((shift + size * np.array(place.centre_mm) + jitter).tolist()),
        semi_axes_mm=tuple(axes.tolist()),
        turn_radians=turn,
    )


def _tumour(generator: np.random.Generator, shift: np.ndarray) -> tuple[Organ, ...]:
    """Oedema and in it the tumour, in the white matter of one side."""
    side = generator.choice((-1.0, 1.0))
    centre = shift + (
        side * generator.uniform(24, 34),
        generator.uniform(-32, 32),
        generator.uniform(-14, 20),
    )
    radius_mm = generator.uniform(15, 23)
    turn = float(generator.uniform(0, np.pi))
    margin_mm = generator.uniform(6, 11)
    shape = radius_mm * generator.uniform(0.85, 1.15, 3)
    return tuple(
        Organ(
            tissue=tissue,
            centre_mm=tuple(centre.tolist()),
            semi_axes_mm=tuple((shape + more).tolist()),
            turn_radians=turn,
        )
        for tissue, more in (("oedema", margin_mm), ("tumour", 0.0))
    )


def _directions(generator: np.random.Generator, count: int) -> np.ndarray:
    directions = generator.normal(size=(count, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)
