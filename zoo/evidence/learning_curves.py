"""The course of training as a figure: loss, accuracy, validation AUC."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from zoo.evidence.canvas import GREEN, GREY, SPLIT_STYLE, figure
from zoo.learning.history import Epoch

_PANELS = (
    ("Loss", (("train", "loss"), ("validation", "val_loss"))),
    ("Accuracy", (("train", "accuracy"), ("validation", "val_accuracy"))),
    ("AUC", (("validation", "val_auc"),)),
)


def draw(path: Path, rows: Sequence[Epoch], best: Epoch, *, monitor: str) -> None:
    """Draws three panels over the epochs, the kept epoch marked in each.

    Where there are stages, a line stands between two of them, with the number of the
    one that begins.

    Args:
        best: the epoch whose weights the run kept.
        monitor: the column that chose it.
    """
    epochs = [row.epoch for row in rows]
    with figure(path, width=7.2, height=2.8) as drawn:
        panels = drawn.subplots(1, len(_PANELS))
        for axes, (name, lines) in zip(panels, _PANELS):
            for split, column in lines:
                values = np.array([getattr(row, column) for row in rows])
                _line(axes, epochs, values, split)
            axes.axvline(
                best.epoch, color=GREY, linewidth=1, linestyle=(0, (2, 2)), zorder=1
            )
            for row in begun(rows):
                _boundary(axes, row)
            axes.set_xlabel("Epoch")
            axes.set_ylabel(name)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        panels[0].set_ylim(bottom=0)
        for axes in panels[1:]:
            axes.set_ylim(-0.02, 1.02)
        panels[2].axhline(0.5, color=GREY, linewidth=0.8)
        panels[2].annotate(
            "chance",
            (0, 0.5),
            xycoords=("axes fraction", "data"),
            fontsize=7,
            ha="left",
            va="top",
            xytext=(3, -2),
            textcoords="offset points",
            color=GREY,
        )
        panels[2].plot(best.epoch, best.val_auc, "o", color=GREEN, markersize=5)
        handles, labels = panels[1].get_legend_handles_labels()
        handles.append(panels[1].lines[-1])
        value = getattr(best, monitor)
        labels.append(f"kept: epoch {best.epoch}, {_WORDS[monitor]} {value:.3f}")
        drawn.legend(handles, labels, loc="outside lower center", ncols=3)


_WORDS = {"val_auc": "validation AUC", "val_loss": "validation loss"}


def begun(rows: Sequence[Epoch]) -> list[Epoch]:
    """The first epoch of every stage but the first."""
    return [row for row, earlier in zip(rows[1:], rows) if row.stage != earlier.stage]


def _boundary(axes: Axes, first: Epoch) -> None:
    between = first.epoch - 0.5
    axes.axvline(between, color=GREY, linewidth=0.6, zorder=1)
    axes.annotate(
        f"stage {first.stage}",
        (between, 1),
        xycoords=("data", "axes fraction"),
        fontsize=6,
        ha="left",
        va="top",
        rotation=90,
        xytext=(1, -2),
        textcoords="offset points",
        color=GREY,
    )


def _line(axes: Axes, epochs: list[int], values: np.ndarray, split: str) -> None:
    colour, dashes = SPLIT_STYLE[split]
    marker = "." if len(epochs) == 1 else ""
    axes.plot(
        epochs, values, color=colour, linestyle=dashes, marker=marker, label=split
    )
