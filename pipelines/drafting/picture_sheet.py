"""One PNG with a picture of every kind of series that an export holds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.figures import png
from pipelines.figures.names import short_names, wrapped

_COLUMNS = 5
_INCH = 2.2  # of a picture
_LINE_PLACES, _LINES = 38, 4  # of a caption
_LINE_INCH = 0.13
_WINDOW = (1.0, 99.5)  # percentiles of what is brighter than the background
_DPI = 110


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """One slice of a series of a kind.

    Args:
        caption: what kind; several lines may be. Nothing that tells whose it is.
        pixels: `[H, W]`, NaN = nothing there.
        aspect: millimetres between rows over those between columns.
    """

    caption: str
    pixels: np.ndarray = field(repr=False)
    aspect: float = 1.0

    def __post_init__(self):
        if self.pixels.ndim != 2 or not self.pixels.size:
            raise ValueError(
                f"a picture has rows and columns. Received: shape {self.pixels.shape}"
            )
        if not (math.isfinite(self.aspect) and self.aspect > 0):
            raise ValueError(f"aspect is positive. Received: {self.aspect}")


def write(path: Path, pictures: Sequence[Picture]) -> None:
    """Writes the sheet, whole or not at all, and makes its folder.

    Raises:
        ValueError: no pictures.
        DataError: a disk that can't be written.
    """
    png.write_asked(draw(pictures), Path(path), dpi=_DPI)


def draw(pictures: Sequence[Picture]) -> Figure:
    """Pictures in rows, in their true proportions, each windowed by itself."""
    if not pictures:
        raise ValueError("a sheet wants pictures. Received: none")
    captions, legend = _captions([picture.caption for picture in pictures])
    columns = min(_COLUMNS, len(pictures))
    rows = math.ceil(len(pictures) / columns)
    lines = max(caption.count("\n") + 1 for caption in captions)
    below = 1 + sum(line.count("\n") + 1 for line in legend)
    height = rows * (_INCH + _LINE_INCH * (lines + 1)) + _LINE_INCH * below
    figure = Figure(figsize=(_INCH * columns + 0.2, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis, picture, caption in zip(axes, pictures, captions):
        _draw(axis, picture)
        axis.set_title(caption, fontsize=6, pad=3)
    for axis in axes[len(pictures) :]:
        axis.axis("off")
    if legend:
        figure.supxlabel("\n".join(legend), x=0.01, ha="left", fontsize=6)
    return figure


def window(pixels: np.ndarray) -> tuple[float, float]:
    """The darkest and the brightest value that is shown; the background is darker."""
    there = pixels[np.isfinite(pixels)]
    bright = there[there > there.min()] if there.size else there
    if not bright.size:
        return 0.0, 1.0
    low, high = np.percentile(bright, _WINDOW)
    return float(low), float(high if high > low else low + 1)


def _draw(axis: Axes, picture: Picture) -> None:
    low, high = window(picture.pixels)
    axis.set_facecolor("black")
    axis.set_xticks([])
    axis.set_yticks([])
    axis.imshow(
        np.ma.masked_invalid(picture.pixels),
        cmap="gray",
        vmin=low,
        vmax=high,
        interpolation="nearest",
    )
    axis.set_box_aspect(1)  # all alike, with black around a picture that is no square
    axis.set_aspect(picture.aspect, adjustable="datalim")


def _captions(captions: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Captions in lines that fit over a picture, and the whole of those that don't."""
    fits = [wrapped(caption, _LINE_PLACES) for caption in captions]
    names = short_names(
        [
            caption.replace("\n", " ") if fit.count("\n") >= _LINES else ""
            for caption, fit in zip(captions, fits)
        ],
        _LINE_PLACES * (_LINES - 1),
    )
    lines = [
        wrapped(short, _LINE_PLACES) if short else fit
        for short, fit in zip(names.shown, fits)
    ]
    width = _LINE_PLACES * min(_COLUMNS, len(captions))
    return lines, tuple(wrapped(line, width) for line in names.legend)
