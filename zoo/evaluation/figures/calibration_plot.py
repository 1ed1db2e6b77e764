"""Calibration of probabilities as figures: bins with their bars, and smooth curves."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from zoo.evaluation.calibration.bins import reliability_bins
from zoo.evaluation.figures.style import (
    BLUE,
    GREEN,
    GREY,
    VERMILLION,
    axis_text,
    figure,
    legend_text,
    title,
)
from zoo.evaluation.metrics.intervals import wilson

_INCHES = 3.6
_PANEL_INCHES, _COLUMNS = 2.3, 3
MOST_PANELS = 12


def calibration(
    path: Path,
    happened: np.ndarray,
    stated: np.ndarray,
    *,
    event: str,
    outcomes: tuple[str, str],
    confidence: float,
    independent: bool,
    heading: str,
    curve: dict | None = None,
    before: dict | None = None,
) -> None:
    """Draws the reliability diagram in bins of about equal numbers.

    Args:
        happened: whether the event came true, bool `[N]`.
        stated: its predicted probability, `[N]`.
        event: what it is, e.g. `"class ill"`.
        outcomes: for the legend, where it did not and where it did come true.
        confidence: level of the Wilson bars, and of the curve's band.
        independent: bars are drawn only if every patient counts once.
        curve: the smooth curve as metrics.json has it; none = not drawn.
        before: likewise, of the probabilities before the last stage.
    """
    with figure(path, width=_INCHES, height=4.9) as drawn:
        axes, below = drawn.subplots(2, 1, height_ratios=(4, 1), sharex=True)
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, zorder=1)
        percent = f"{100 * confidence:g}%"
        if before is not None:
            axes.plot(
                before["stated"],
                before["observed"],
                color=GREY,
                linestyle="--",
                linewidth=1.2,
                label="smooth curve before the last stage",
            )
        if curve is not None:
            _curve(axes, curve, f"smooth curve, {percent} pointwise band")
        words = f"observed in bins, {percent} CI" if independent else "observed in bins"
        for members in reliability_bins(stated):
            true, place = int(happened[members].sum()), stated[members].mean()
            if independent:
                bar = wilson(true, len(members), confidence)
                axes.plot([place, place], [bar.low, bar.high], color=BLUE, linewidth=1)
            axes.plot(
                place, true / len(members), "o", color=BLUE, markersize=4.5, label=words
            )
            words = None
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.set_ylabel("Observed share")
        title(axes, heading)
        below.hist(
            (stated[~happened], stated[happened]),
            bins=np.linspace(0, 1, 21),
            stacked=True,
            color=("#B5B5B5", VERMILLION),
            label=[legend_text(outcome, _INCHES) for outcome in outcomes],
        )
        below.set_xlabel(axis_text(f"Predicted probability of {event}"))
        below.set_ylabel("Count")
        below.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=3))
        drawn.legend(loc="outside lower center", ncols=1)


def classes(
    path: Path,
    curves: Mapping[str, tuple[dict, dict]],
    *,
    confidence: float,
    heading: str,
) -> None:
    """Draws each class's smooth curve before and after the last stage, in panels.

    Args:
        curves: by class, before and after, as metrics.json has them.
    """
    columns = min(_COLUMNS, len(curves))
    rows = -(-len(curves) // columns)
    size = {"width": columns * _PANEL_INCHES, "height": rows * _PANEL_INCHES + 1}
    with figure(path, **size) as drawn:
        panels = drawn.subplots(
            rows, columns, sharex=True, sharey=True, squeeze=False
        ).ravel()
        for axes, (name, (before, after)) in zip(panels, curves.items()):
            axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, zorder=1)
            axes.plot(
                before["stated"],
                before["observed"],
                color=GREY,
                linestyle="--",
                linewidth=1.2,
                label="before the last stage",
            )
            words = f"after it, {100 * confidence:g}% pointwise band"
            _curve(axes, after, words)
            axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
            axes.set_title(legend_text(name, _PANEL_INCHES), fontsize=8)
        for axes in panels[len(curves) :]:
            axes.set_visible(False)
        drawn.suptitle(heading, fontsize=9, fontweight="bold", x=0.02, ha="left")
        for axes in panels[len(curves) - columns : len(curves)]:
            axes.set_xlabel("Predicted probability")
            axes.tick_params(labelbottom=True)
        for axes in panels[::columns]:
            axes.set_ylabel("Observed share")
        handles, labels = panels[0].get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside lower center", ncols=2)


def _curve(axes: Axes, curve: dict, words: str) -> None:
    axes.plot(curve["stated"], curve["observed"], color=GREEN, label=words, zorder=2)
    if curve["low"]:
        low, high = (np.array(curve[end], float) for end in ("low", "high"))
        axes.fill_between(
            curve["stated"], low, high, color=GREEN, alpha=0.18, linewidth=0
        )
