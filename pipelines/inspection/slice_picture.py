"""One slice of a sample as a picture: its window, its proportions, its four sides."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from pipelines.inspection import centre_mark

_WINDOW = (1.0, 99.0)  # percentiles of the foreground
_ENDS = (("R", "L"), ("A", "P"), ("I", "S"))  # of the axes x, y, z of LPS


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """One sample, of which slices are drawn.

    Args:
        title: class and pseudonym.
        volume: `[D, H, W, C]`.
        foreground: bool, likewise.
        affine: `[4, 4]`, voxel (d, h, w, 1) to LPS millimetres.
        centre: row and column that are marked; none = nothing is.
    """

    title: str
    volume: np.ndarray
    foreground: np.ndarray
    affine: np.ndarray
    centre: tuple[float, float] | None = None


def places(depth: int, number: int) -> np.ndarray:
    """Evenly spaced slices of a volume, without its ends: int, `number` or fewer."""
    inner = np.linspace(0, depth - 1, min(number, depth) + 2).round()[1:-1]
    return np.unique(inner).astype(int)


def draw_slice(
    axis: Axes, sample: Shown, channel: int, place: int, limits: tuple[float, float]
) -> None:
    """Draws a slice in its true proportions, with the letters of its four sides.

    Args:
        place: of the slice in `sample.volume`.
        limits: see `window`.
    """
    spacing_mm = np.linalg.norm(sample.affine[:3, :3], axis=0)
    axis.imshow(
        sample.volume[place, :, :, channel],
        cmap="gray",
        vmin=limits[0],
        vmax=limits[1],
        aspect=spacing_mm[1] / spacing_mm[2],
        interpolation="nearest",
    )
    centre_mark.draw(axis, sample.centre, sample.volume.shape[1:3])
    marks = zip(
        marks_of(sample.affine), ((0.5, 0.98), (0.5, 0.02), (0.02, 0.5), (0.98, 0.5))
    )
    sides = (
        ("center", "top"),
        ("center", "bottom"),
        ("left", "center"),
        ("right", "center"),
    )
    for (mark, (x, y)), (horizontal, vertical) in zip(marks, sides):
        axis.text(
            x,
            y,
            mark,
            transform=axis.transAxes,
            color="yellow",
            fontsize=6,
            horizontalalignment=horizontal,
            verticalalignment=vertical,
        )


def marks_of(affine: np.ndarray) -> tuple[str, str, str, str]:
    """What lies at the top, bottom, left and right of a slice: A, P, R, L, S or I.

    Args:
        affine: `[4, 4]`, voxel (d, h, w, 1) to LPS millimetres.
    """
    marks = []
    for step in (affine[:3, 1], affine[:3, 2]):
        nearest = int(np.argmax(np.abs(step)))
        ends = _ENDS[nearest]
        marks += ends if step[nearest] > 0 else reversed(ends)
    return tuple(marks)


def proportion(sample: Shown) -> float:
    """Height of a slice against its width."""
    spacing_mm = np.linalg.norm(sample.affine[:3, :3], axis=0)
    _, rows, columns, _ = sample.volume.shape
    return float(rows * spacing_mm[1] / (columns * spacing_mm[2]))


def window(sample: Shown, channel: int) -> tuple[float, float]:
    """The darkest and the brightest value that is shown."""
    inside = sample.volume[..., channel][sample.foreground[..., channel]]
    if not inside.size:
        return 0.0, 1.0
    low, high = np.percentile(inside, _WINDOW)
    return float(low), float(high if high > low else low + 1)
