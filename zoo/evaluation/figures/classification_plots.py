"""Figures of predicted classes: the confusion matrix."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from pipelines.figures.names import places_of, short_names
from zoo.evaluation.figures.style import (
    figure,
    legend_text,
    title,
)

_TICK_PLACES, _UPRIGHT_PLACES = 20, 28  # of a class beside the confusion matrix
_WITH_SHARES = 10  # classes; with more a cell has room for its count alone
# Up to how many classes: the side of a cell in inches, and the size of its count.
_CELLS = ((_WITH_SHARES, 0.62, 8), (20, 0.4, 6.5))
_SMALL_CELL, _SMALL_POINTS = 0.26, 5


def confusion(
    path: Path,
    counts: np.ndarray,
    classes: Sequence[str],
    *,
    heading: str,
    columns: Sequence[str] | None = None,
    answered: bool = False,
) -> None:
    """Draws the confusion matrix: counts, and their share of the true class.

    Of more than ten classes the shares are colours alone, cells without a sample are
    empty, and the names of the true classes have their number.

    Args:
        counts: true class by predicted class, int `[K, K]`, or of other columns.
        classes: names of the rows.
        columns: names of the columns; none = the same. A line parts the rows and
            columns that both have, which come first, from all others.
        answered: whether columns are what a last stage answers.
    """
    columns = classes if columns is None else columns
    number = max(len(classes), len(columns))
    sums = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, sums, out=np.zeros(counts.shape), where=sums > 0)
    cells = (c[1:] for c in _CELLS if number <= c[0])
    cell, points = next(cells, (_SMALL_CELL, _SMALL_POINTS))
    small = number > _WITH_SHARES
    side = max(3.2, cell * number + 1.6)
    every = [*dict.fromkeys([*classes, *columns])]
    names = short_names(every, _UPRIGHT_PLACES if small else _TICK_PLACES)
    short = dict(zip(every, names.shown))
    ncols = 2 if small else 1
    whole = [legend_text(line, (side + 0.5) / ncols) for line in names.legend]
    rows = 0.17 * sum(line.count("\n") + 1 for line in whole) / ncols
    with figure(path, width=side + 0.5, height=side + rows) as drawn:
        axes = drawn.subplots()
        shown = axes.imshow(100 * share, cmap="Blues", vmin=0, vmax=100)
        for (row, column), count in np.ndenumerate(counts):
            if small and not count:
                continue
            below = "" if small else f"\n{percent(count, sums[row, 0])}"
            axes.text(
                column,
                row,
                f"{count}{below}",
                ha="center",
                va="center",
                fontsize=points,
                color="white" if share[row, column] > 0.55 else "black",
            )
        true = [short[name] for name in classes]
        if small:
            true = [f"{name} (n = {n})" for name, n in zip(true, sums[:, 0])]
        predicted = [short[name] for name in columns]
        _class_ticks(axes, predicted, true, upright=small, points=max(points, 5.5))
        _part(axes, classes, columns)
        if answered:
            axes.set_xlabel("Answer")
        ticks = (0, 25, 50, 75, 100)
        bar = drawn.colorbar(shown, ax=axes, shrink=0.4 if small else 0.8, ticks=ticks)
        bar.set_label("Share of the true class [%]")
        bar.outline.set_visible(False)
        title(axes, heading)
        for line in whole:
            axes.plot([], [], linestyle="none", label=line)
        if whole:
            drawn.legend(loc="outside lower left", ncols=ncols, handlelength=0)


def percent(count: int, total: int) -> str:
    """A share in whole percent; 299 of 300 are not 100%, nor 1 of 300 none."""
    if not total:
        return "–"
    share = 100 * count / total
    if 99.5 <= share < 100:
        return ">99%"
    return "<1%" if 0 < share < 0.5 else f"{share:.0f}%"


def _class_ticks(
    axes: Axes,
    predicted: Sequence[str],
    true: Sequence[str],
    *,
    upright: bool,
    points: float,
) -> None:
    places, rows = np.arange(len(predicted)), np.arange(len(true))
    slanted = max(map(places_of, predicted)) > 6
    turned = 90 if upright else 40 if slanted else 0
    axes.set_xticks(
        places,
        predicted,
        rotation=turned,
        ha="right" if turned else "center",
        va="center" if upright else "top",
        rotation_mode="anchor",
        fontsize=min(points, 7),
    )
    axes.set_yticks(rows, true, fontsize=min(points, 7))
    axes.set_xlabel("Predicted class")
    axes.set_ylabel("True class")
    axes.grid(False)
    if upright:  # lines to follow a row by
        axes.set_xticks(np.arange(len(predicted) + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(len(true) + 1) - 0.5, minor=True)
        axes.grid(which="minor", color="#DDDDDD", linewidth=0.4)
    axes.tick_params(which="both", length=0)


def _part(axes: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    """A line behind the names that rows and columns share."""
    shared = sum(row == column for row, column in zip(rows, columns))
    if shared < len(columns):
        axes.axvline(shared - 0.5, color="black", linewidth=1)
    if shared < len(rows):
        axes.axhline(shared - 0.5, color="black", linewidth=1)
