"""How figures look: sizes and fonts for print, colours for every eye."""

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pipelines.figures import png
from pipelines.figures.names import wrapped
from zoo.evaluation.figures import formats

# Okabe and Ito, Color Universal Design, 2008; distinct to any colour vision.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, SKY, PURPLE, BLACK = "#E69F00", "#56B4E9", "#CC79A7", "#000000"
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DASHES = ("-", "--", "-.", ":")
SPLIT_STYLE = {
    "train": (BLUE, ":"),
    "validation": (GREEN, "--"),
    "test": (VERMILLION, "-"),
}
GREY = "#767676"
PALE = "#EDB184"  # of the test split: its parts, the folds

_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "figure.facecolor": "white",
}
_DOTS_PER_INCH = 300
_CAPTION = ContextVar("caption", default="")
_CAPTION_POINTS = 6.5
_CAPTION_PLACE = (0.01, -0.01)  # shares of the width and height
_CAPTION_LETTERS = 22  # an inch
_LEGEND_PLACES = 16  # an inch, beside the line
_TITLE_PLACES, _AXIS_PLACES = 46, 48


@contextmanager
def figure(path: Path, *, width: float, height: float) -> Iterator[Figure]:
    """Yields an empty figure of that size in inches; saves it as a PNG afterwards.

    The formats that are asked for beside, see `formats.written`, stand beside it.
    """
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **_STYLE}):
        drawn = Figure(figsize=(width, height), layout="constrained")
        drawn.get_layout_engine().set(w_pad=0.07, h_pad=0.07)
        FigureCanvasAgg(drawn)
        yield drawn
        _caption(drawn, width)
        # No software name or date: the same numbers give the same bytes.
        tight = {"dpi": _DOTS_PER_INCH, "bbox_inches": "tight", "pad_inches": 0.05}
        png.write(drawn, path, **tight, metadata={"Software": None})
        for suffix in formats.further():
            png.write_vectors(drawn, path.with_suffix(f".{suffix}"), **tight)


@contextmanager
def captioned(text: str) -> Iterator[None]:
    """Every figure that the block draws has `text` below it; "" = nothing."""
    token = _CAPTION.set(text)
    try:
        yield
    finally:
        _CAPTION.reset(token)


def _caption(drawn: Figure, width: float) -> None:
    if text := _CAPTION.get():
        lines = textwrap.fill(text, int(width * _CAPTION_LETTERS))
        # Below the canvas, which is cut to what is drawn: a legend may end it.
        drawn.text(
            *_CAPTION_PLACE,
            lines,
            ha="left",
            va="top",
            fontsize=_CAPTION_POINTS,
            color=VERMILLION,
        )


def line_style(index: int) -> tuple[str, str]:
    """Colour and dashes of the `index`-th of many lines."""
    return (
        PALETTE[index % len(PALETTE)],
        DASHES[(index // len(PALETTE) + index) % len(DASHES)],
    )


def title(axes: Axes, text: str) -> None:
    """The title, above the left end of the axes."""
    lines = wrapped(text, _TITLE_PLACES)
    axes.set_title(lines, loc="left", fontweight="bold", color=BLACK)


def legend_text(text: str, inches: float) -> str:
    """A text as the legend below a figure of that width shows it: in lines that fit."""
    return wrapped(text, int(inches * _LEGEND_PLACES))


def axis_text(text: str) -> str:
    """A text as an axis shows it: in lines that fit."""
    return wrapped(text, _AXIS_PLACES)


def file_words(place: int, name: str) -> str:
    """Number and name of a label or column, as a file name may have them."""
    words = re.sub(r"\W+", "_", name)
    return f"{place + 1}_{words}"
