"""Figures of predicted numbers. Each is one PNG."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from zoo.evaluation.figures.style import (
    BLUE,
    GREY,
    VERMILLION,
    axis_text,
    figure,
    title,
)
from zoo.evaluation.results.metric_text import significant

_UNIT = re.compile(r"(?:\[([^\[\]]+)\]|\(([^()]+)\))\s*$")
_MARGIN = 0.05  # of the range, at either end


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of predicted - true: the mean, and the limits of agreement."""

    bias: float
    lower: float
    upper: float


def scatter(
    path: Path,
    truth: np.ndarray,
    predicted: np.ndarray,
    *,
    name: str,
    texts: Sequence[str],
    heading: str,
) -> None:
    """Draws predicted over true numbers, and the line on which both are equal.

    Args:
        texts: metrics, for the legend.
    """
    with figure(path, width=3.6, height=4.2) as drawn:
        axes = drawn.subplots()
        ends = _ends(np.concatenate([truth, predicted]))
        axes.plot(ends, ends, color=GREY, linewidth=0.8, zorder=1, label="equal")
        _points(axes, truth, predicted)
        axes.set(xlim=ends, ylim=ends, aspect="equal")
        axes.set_xlabel(axis_text(f"True {name}"))
        axes.set_ylabel(axis_text(f"Predicted {name}"))
        title(axes, heading)
        for text in texts:
            axes.plot([], [], linestyle="none", label=text)
        drawn.legend(loc="outside lower center", ncols=1)


def bland_altman(
    path: Path,
    truth: np.ndarray,
    predicted: np.ndarray,
    *,
    limits: Limits,
    name: str,
    heading: str,
) -> None:
    """Draws predicted - true over the mean of both (Bland and Altman, 1986).

    The difference is in the unit that the name ends in, else named as the column is.
    """
    with figure(path, width=4.2, height=3.4) as drawn:
        axes = drawn.subplots()
        axes.axhline(0, color=GREY, linewidth=0.8)
        _points(axes, (truth + predicted) / 2, predicted - truth)
        bias, lower, upper = map(significant, (limits.bias, limits.lower, limits.upper))
        of_unit = f" {unit(name)}" if unit(name) else ""
        words = f"bias {bias}{of_unit}"
        axes.axhline(limits.bias, color=VERMILLION, label=words, zorder=2)
        between = f"limits of agreement {lower} to {upper}{of_unit}"
        for place, label in ((limits.lower, between), (limits.upper, None)):
            axes.axhline(place, color=VERMILLION, linestyle="--", label=label, zorder=2)
        axes.set_xlabel(axis_text(f"Mean of true and predicted {name}"))
        what = f"[{unit(name)}]" if unit(name) else name
        axes.set_ylabel(axis_text(f"Predicted − true {what}"))
        title(axes, heading)
        drawn.legend(loc="outside lower center", ncols=1)


def unit(name: str) -> str:
    """The unit that a column's name ends in, as `kPa` of `stiffness [kPa]`; or ""."""
    end = _UNIT.search(name)
    return end[1] or end[2] if end else ""


def _points(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    axes.plot(x, y, "o", color=BLUE, markersize=3.5, alpha=0.6, zorder=3)


def _ends(values: np.ndarray) -> tuple[float, float]:
    lowest, highest = float(values.min()), float(values.max())
    margin = _MARGIN * (highest - lowest) or 1.0
    return lowest - margin, highest + margin
