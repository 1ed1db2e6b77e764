"""ROC and precision-recall curves: a few in one figure, many as small panels."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve, roc_curve

from pipelines.figures.names import short_names, wrapped
from zoo.evaluation.figures.style import (
    BLUE,
    GREY,
    figure,
    legend_text,
    title,
)
from zoo.evaluation.metrics.roc_band import Band

TOGETHER = 2  # curves that one pair of axes shows with their bands
_INCHES = 3.6
_PAGE = 7.2  # inches, of all panels beside each other
_PANEL_POINTS = 6.5
_PANEL_PLACES = 16  # of a name an inch


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """Where on the curve a threshold lies that was chosen before.

    Args:
        false_rate, true_rate: 1 - specificity and sensitivity there.
        text: for the legend, as `"operating point: sensitivity 0.90"`.
    """

    false_rate: float
    true_rate: float
    text: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """One line of a figure.

    Args:
        text: for the legend.
        positive: truth, bool `[N]`.
        scores: higher speaks for positive, `[N]`.
        style: colour and dashes.
        width: of the line, in points.
        name, detail: what a panel of its own says above it.
        band: around the sensitivity.
        point: the operating point.
    """

    text: str
    positive: np.ndarray
    scores: np.ndarray
    style: tuple[str, str]
    width: float = 1.6
    name: str = ""
    detail: str = ""
    band: Band | None = None
    point: OperatingPoint | None = None


@dataclass(frozen=True, kw_only=True)
class _Plane:
    """What is drawn over what."""

    x: str
    y: str
    points: Callable[[Curve], tuple[np.ndarray, np.ndarray]]
    chance: Callable[[Curve], tuple[float, float]]
    dashed_chance: bool = False


def roc(path: Path, curves: Sequence[Curve], *, heading: str, note: str = "") -> None:
    """Draws ROC curves; one with a single class is named in the legend alone.

    Args:
        note: a line below the legend, as on what the band is.
    """
    _draw(path, curves, _ROC, heading, note)


def precision_recall(
    path: Path, curves: Sequence[Curve], *, heading: str, note: str = ""
) -> None:
    """Draws the precision over the recall, and what guessing reaches: the prevalence.

    Steps, as average precision counts them; a curve without a positive is named in the
    legend alone.
    """
    _draw(path, curves, _PRECISION_RECALL, heading, note)


def _draw(
    path: Path, curves: Sequence[Curve], plane: _Plane, heading: str, note: str
) -> None:
    many = sum(bool(curve.name) for curve in curves) > TOGETHER
    (_panels if many else _together)(path, curves, plane, heading, note)


def _together(
    path: Path, curves: Sequence[Curve], plane: _Plane, heading: str, note: str
) -> None:
    texts = [legend_text(curve.text, _INCHES) for curve in curves]
    points = [curve.point for curve in curves if curve.point is not None]
    marks = [legend_text(point.text, _INCHES) for point in points]
    notes = [legend_text(note, _INCHES + 0.5)] if note else []
    lines = (*texts, *marks, *notes)
    rows = 0.17 * sum(text.count("\n") + 1 for text in lines)
    with figure(path, width=_INCHES, height=3.75 + rows) as drawn:
        axes = drawn.subplots()
        for curve, text in zip(curves, texts):
            _curve(axes, curve, plane, text)
        _frame(axes, plane)
        for line in notes:
            axes.plot([], [], linestyle="none", label=line)
        title(axes, heading)
        drawn.legend(loc="outside lower center", ncols=1, handlelength=2.8)


def _curve(axes: Axes, curve: Curve, plane: _Plane, text: str) -> None:
    colour, dashes = curve.style
    x, y = plane.points(curve)
    start, end = plane.chance(curve)
    if plane is _ROC or x.size:
        line = ":" if plane.dashed_chance else "-"
        shade = colour if plane.dashed_chance else GREY
        axes.plot([0, 1], [start, end], line, color=shade, linewidth=0.8, zorder=1)
    if curve.band is not None and plane is _ROC:
        band = curve.band
        axes.fill_between(
            band.rates, band.low, band.high, color=colour, alpha=0.15, linewidth=0
        )
    axes.plot(
        x,
        y,
        color=colour,
        linestyle=dashes,
        linewidth=curve.width,
        label=text,
        clip_on=False,
        zorder=3,
    )
    if curve.point is not None and plane is _ROC:
        axes.plot(
            curve.point.false_rate,
            curve.point.true_rate,
            "o",
            color=colour,
            markeredgecolor="white",
            markersize=6,
            label=legend_text(curve.point.text, _INCHES),
            clip_on=False,
            zorder=4,
        )


def _frame(axes: Axes, plane: _Plane) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xlabel(plane.x)
    axes.set_ylabel(plane.y)


def _panels(
    path: Path, curves: Sequence[Curve], plane: _Plane, heading: str, note: str
) -> None:
    """A panel for every curve: no colours to tell apart, however many there are."""
    columns = next((c for most, c in _COLUMNS if len(curves) <= most), _MOST_COLUMNS)
    rows = math.ceil(len(curves) / columns)
    side = _PAGE / columns
    places = int(side * _PANEL_PLACES)
    names = short_names([curve.name for curve in curves], 2 * places - 3)
    titles = [wrapped(name, places) for name in names.shown]
    lines = max(text.count("\n") for text in titles) + 3
    whole = [legend_text(line, _PAGE / 2) for line in names.legend]
    below = 0.12 * sum(line.count("\n") + 1 for line in (note, *whole)) / 2
    height = rows * (side - 0.2 + 0.11 * lines) + 0.8 + below
    with figure(path, width=_PAGE, height=height) as drawn:
        grid = drawn.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for place, axes in enumerate(grid.flat):
            if place >= len(curves):
                axes.set_visible(False)
                continue
            _panel(axes, curves[place], titles[place], plane)
        _outer_labels(grid, len(curves), plane)
        drawn.suptitle(heading, x=0.01, ha="left", fontweight="bold", fontsize=9)
        _below(drawn, [note] * bool(note), whole)


def _panel(axes: Axes, curve: Curve, name: str, plane: _Plane) -> None:
    _curve(axes, curve, plane, "")
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xticks((0, 0.5, 1), ("0", "0.5", "1"))
    axes.set_yticks((0, 0.5, 1), ("0", "0.5", "1"))
    axes.set_title(f"{name}\n{curve.detail}", fontsize=_PANEL_POINTS, loc="left", pad=3)


def _outer_labels(grid: np.ndarray, number: int, plane: _Plane) -> None:
    rows, columns = grid.shape
    for row in grid:
        row[0].set_ylabel(plane.y.partition(" (")[0], fontsize=_PANEL_POINTS)
    for column in range(columns):
        last = rows - 1 if column + (rows - 1) * columns < number else rows - 2
        axes = grid[last][column]
        axes.set_xlabel(plane.x.partition(" (")[0], fontsize=_PANEL_POINTS)
        axes.tick_params(labelbottom=True)


def _below(drawn: Figure, notes: Sequence[str], whole: Sequence[str]) -> None:
    """A note, and names that were cut, in two columns."""
    lines = [*notes, *whole]
    handles = [drawn.axes[0].plot([], [], linestyle="none")[0] for _ in lines]
    drawn.legend(
        handles,
        lines,
        loc="outside lower left",
        ncols=2 if len(lines) > 1 else 1,
        handlelength=0,
        fontsize=_PANEL_POINTS,
    )


def _roc_points(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    if curve.positive.all() or not curve.positive.any():
        return np.array([]), np.array([])
    false_rate, true_rate, _ = roc_curve(curve.positive, curve.scores)
    return false_rate, true_rate


def _precision_points(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """The corners of the steps, by ascending recall."""
    if not curve.positive.any():
        return np.array([]), np.array([])
    precision, recall, _ = precision_recall_curve(curve.positive, curve.scores)
    precision, recall = precision[-2::-1], recall[-2::-1]  # from the highest threshold
    gains = np.flatnonzero(np.diff(recall, prepend=0) > 0)
    recall, precision = recall[gains], precision[gains]
    return np.r_[0, np.repeat(recall, 2)[:-1]], np.repeat(precision, 2)


def _prevalence(curve: Curve) -> tuple[float, float]:
    share = float(curve.positive.mean()) if len(curve.positive) else 0.0
    return share, share


_ROC = _Plane(
    x="1 − specificity (false positive rate)",
    y="Sensitivity (true positive rate)",
    points=_roc_points,
    chance=lambda _: (0.0, 1.0),
)
_PRECISION_RECALL = _Plane(
    x="Recall (sensitivity)",
    y="Precision (PPV)",
    points=_precision_points,
    chance=_prevalence,
    dashed_chance=True,
)
_COLUMNS = ((6, 3), (12, 4), (20, 5))  # up to how many curves
_MOST_COLUMNS = 6
PANEL_STYLE = (BLUE, "-")
