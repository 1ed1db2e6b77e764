"""The decision curve as a figure: net benefit over thresholds."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from zoo.evaluation.figures.style import (
    BLACK,
    GREY,
    VERMILLION,
    figure,
    legend_text,
)

_INCHES, _PANEL_INCHES, _COLUMNS = 3.6, 2.4, 3
MOST_PANELS = 12


def draw(
    path: Path, curves: Mapping[str, dict], *, confidence: float, heading: str
) -> None:
    """Draws a panel for each event.

    Args:
        curves: by event, as metrics.json has them under `per_event`.
        confidence: level of the band.
    """
    columns = min(_COLUMNS, len(curves))
    rows = -(-len(curves) // columns)
    side = _INCHES if len(curves) == 1 else _PANEL_INCHES
    with figure(path, width=columns * side, height=rows * side + 1) as drawn:
        panels = drawn.subplots(rows, columns, squeeze=False).ravel()
        for axes, (event, curve) in zip(panels, curves.items()):
            _panel(axes, curve, f"by the model, {100 * confidence:g}% pointwise band")
            axes.set_title(legend_text(event, side), fontsize=8)
        for axes in panels[len(curves) :]:
            axes.set_visible(False)
        drawn.suptitle(heading, fontsize=9, fontweight="bold", x=0.02, ha="left")
        for axes in panels[len(curves) - columns : len(curves)]:
            axes.set_xlabel("Threshold of the probability")
            axes.tick_params(labelbottom=True)
        for axes in panels[::columns]:
            axes.set_ylabel("Net benefit")
        handles, labels = panels[0].get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside lower center", ncols=1)


def _panel(axes: Axes, curve: dict, words: str) -> None:
    thresholds = curve["thresholds"]
    axes.plot(
        thresholds,
        curve["all"],
        color=GREY,
        linestyle="--",
        linewidth=1.2,
        label="acting on all",
    )
    axes.axhline(0, color=BLACK, linewidth=0.8, label="acting on nobody")
    axes.plot(thresholds, curve["model"], color=VERMILLION, label=words)
    if curve["low"]:
        low, high = (np.array(curve[end], float) for end in ("low", "high"))
        axes.fill_between(
            thresholds, low, high, color=VERMILLION, alpha=0.18, linewidth=0
        )
    top = max(curve["all"][0], max(curve["model"]), 0.02)
    axes.set(xlim=(0, 1), ylim=(-0.25 * top, 1.15 * top))
