"""Figures of predictions: ROC and confusion matrix. Each is one PNG."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from sklearn.metrics import roc_curve

from pipelines.figures.names import places_of, short_names
from zoo.evaluation.figures.style import (
    GREY,
    figure,
    legend_text,
    title,
)

_ROC_INCHES = 3.6
_TICK_PLACES = 20  # of a class beside the confusion matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """One line of a ROC figure.

    Args:
        text: for the legend.
        positive: truth, bool `[N]`.
        scores: higher speaks for positive, `[N]`.
        style: colour and dashes.
        width: of the line, in points.
    """

    text: str
    positive: np.ndarray
    scores: np.ndarray
    style: tuple[str, str]
    width: float = 1.6


def roc(path: Path, curves: Sequence[Curve], *, heading: str) -> None:
    """Draws ROC curves; one with a single class is named in the legend alone."""
    texts = [legend_text(curve.text, _ROC_INCHES) for curve in curves]
    rows = 0.17 * sum(text.count("\n") + 1 for text in texts)
    with figure(path, width=_ROC_INCHES, height=3.75 + rows) as drawn:
        axes = drawn.subplots()
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, zorder=1)
        for curve, text in zip(curves, texts):
            false_rate, true_rate = _roc_points(curve)
            colour, dashes = curve.style
            axes.plot(
                false_rate,
                true_rate,
                color=colour,
                linestyle=dashes,
                linewidth=curve.width,
                label=text,
                clip_on=False,
                zorder=3,
            )
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axes.set_xlabel("1 − specificity (false positive rate)")
        axes.set_ylabel("Sensitivity (true positive rate)")
        title(axes, heading)
        drawn.legend(loc="outside lower center", ncols=1, handlelength=2.8)


def _roc_points(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    if curve.positive.all() or not curve.positive.any():
        return np.array([]), np.array([])
    false_rate, true_rate, _ = roc_curve(curve.positive, curve.scores)
    return false_rate, true_rate


def confusion(
    path: Path,
    counts: np.ndarray,
    classes: Sequence[str],
    *,
    heading: str,
) -> None:
    """Draws the confusion matrix: counts, and their share of the true class.

    Args:
        counts: true class by predicted class, int `[K, K]`.
    """
    sums = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, sums, out=np.zeros(counts.shape), where=sums > 0)
    side = max(3.2, 0.62 * len(classes) + 1.6)
    names = short_names(classes, _TICK_PLACES)
    whole = [legend_text(line, side + 0.5) for line in names.legend]
    rows = 0.17 * sum(line.count("\n") + 1 for line in whole)
    with figure(path, width=side + 0.5, height=side + rows) as drawn:
        axes = drawn.subplots()
        shown = axes.imshow(100 * share, cmap="Blues", vmin=0, vmax=100)
        for (row, column), count in np.ndenumerate(counts):
            percent = f"{100 * share[row, column]:.0f}%" if sums[row, 0] else "–"
            axes.text(
                column,
                row,
                f"{count}\n{percent}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if share[row, column] > 0.55 else "black",
            )
        _class_ticks(axes, names.shown)
        bar = drawn.colorbar(shown, ax=axes, shrink=0.8, ticks=(0, 25, 50, 75, 100))
        bar.set_label("Share of the true class [%]")
        bar.outline.set_visible(False)
        title(axes, heading)
        for line in whole:
            axes.plot([], [], linestyle="none", label=line)
        if whole:
            drawn.legend(loc="outside lower left", ncols=1, handlelength=0)


def _class_ticks(axes: Axes, classes: Sequence[str]) -> None:
    places = np.arange(len(classes))
    slanted = max(map(places_of, classes)) > 6
    axes.set_xticks(
        places,
        classes,
        rotation=40 if slanted else 0,
        ha="right" if slanted else "center",
        rotation_mode="anchor",
    )
    axes.set_yticks(places, classes)
    axes.set_xlabel("Predicted class")
    axes.set_ylabel("True class")
    axes.grid(False)
    axes.tick_params(length=0)
