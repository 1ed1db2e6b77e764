"""The course of training as a figure: loss and scores, epoch by epoch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from zoo.evaluation.figures.style import GREEN, GREY, SPLIT_STYLE, figure
from zoo.runs.history import Epoch

_LOSS = ("Loss", (("train", "loss"), ("validation", "val_loss")))
_PANELS = (
    _LOSS,
    ("Accuracy", (("train", "accuracy"), ("validation", "val_accuracy"))),
    ("AUC", (("validation", "val_auc"),)),
)
_PANELS_OF_NUMBERS = (
    _LOSS,
    ("Mean absolute error", (("validation", "val_mae"),)),
    ("R²", (("validation", "val_r2"),)),
)
_CHANCE = 0.5  # an AUC
_FLATTENING = 3.0  # times as high as the others
_WORST = 3.0  # loss of numbers; that of guessing the mean is about 1


def draw(path: Path, rows: Sequence[Epoch], best: Epoch, *, monitor: str) -> None:
    """Draws three panels over the epochs, the kept epoch marked in each.

    A few epochs that are far worse than all others, and of numbers those far worse
    than guessing the mean, lie beyond the panel, where a triangle at its edge marks
    them. Where the training went in stages, a line with its number says where one
    begins.

    Args:
        best: the epoch whose weights the run kept.
        monitor: the column that chose it.
    """
    of_numbers = best.val_r2 is not None
    panels_of = _PANELS_OF_NUMBERS if of_numbers else _PANELS
    with figure(path, width=7.2, height=2.8) as drawn:
        panels = drawn.subplots(1, len(panels_of))
        for axes, (name, lines) in zip(panels, panels_of):
            _panel(axes, name, lines, rows)
            marks = [_kept(axes, best), *(_begun(axes, row) for row in begun(rows))]
        limit = _limit_numbers if of_numbers else _limit_shares
        limit(panels, rows)
        for axes, (_, lines) in zip(panels, panels_of):
            _mark_beyond(axes, lines, rows)
        last = best.val_r2 if of_numbers else best.val_auc
        panels[2].plot(best.epoch, last, "o", color=GREEN, markersize=5)
        handles, labels = panels[0].get_legend_handles_labels()
        labels.append(f"kept: epoch {best.epoch}, {_reason(best, monitor)}")
        labels += ["a stage begins"] * (len(marks) > 1)
        handles += marks[:2]
        drawn.legend(handles, labels, loc="outside lower center", ncols=len(labels))


def _reason(best: Epoch, monitor: str) -> str:
    if monitor == "epoch":
        return "the last"
    return f"{_WORDS[monitor]} {getattr(best, monitor):.3f}"


def begun(rows: Sequence[Epoch]) -> list[Epoch]:
    """The first epoch of every stage but the first."""
    return [row for row, earlier in zip(rows[1:], rows) if row.stage != earlier.stage]


def _panel(
    axes: Axes,
    name: str,
    lines: Sequence[tuple[str, str]],
    rows: Sequence[Epoch],
) -> None:
    epochs = [row.epoch for row in rows]
    for split, column in lines:
        values = np.array([getattr(row, column) for row in rows])
        _line(axes, epochs, values, split)
    axes.set_xlabel("Epoch")
    axes.set_ylabel(name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))


def _kept(axes: Axes, best: Epoch) -> Line2D:
    return axes.axvline(
        best.epoch, color=GREY, linewidth=1, linestyle=(0, (2, 2)), zorder=1
    )


def _begun(axes: Axes, first: Epoch) -> Line2D:
    between = first.epoch - 0.5
    axes.annotate(
        str(first.stage),
        (between, 1),
        xycoords=("data", "axes fraction"),
        fontsize=7,
        ha="center",
        va="bottom",
        xytext=(0, 2),
        textcoords="offset points",
        color=GREY,
    )
    return axes.axvline(between, color=GREY, linewidth=0.6, zorder=1)


def _limit_shares(panels: Sequence[Axes], rows: Sequence[Epoch]) -> None:
    """Loss from 0, accuracy and AUC from 0 to 1."""
    _limit_loss(panels[0], rows)
    for axes in panels[1:]:
        axes.set_ylim(-0.02, 1.02)
    _reference(panels[2], _CHANCE, "chance")


def _limit_numbers(panels: Sequence[Axes], rows: Sequence[Epoch]) -> None:
    """Errors from 0, R² up to 1.

    While batch normalisation has not settled, the first epochs can be worse by orders
    of magnitude, and nothing else would be seen: they leave the panels.
    """
    shown = [row for row in rows if row.val_loss <= _WORST] or rows
    _limit_loss(panels[0], shown)
    panels[1].set_ylim(0, _ceiling([row.val_mae for row in shown]) or None)
    farthest = _ceiling([1 - row.val_r2 for row in shown])
    worst = min(row.val_r2 for row in shown if 1 - row.val_r2 <= farthest)
    panels[2].set_ylim(min(-0.02, 1.05 * worst), 1.02)
    _reference(panels[2], 0, "the mean")


def _limit_loss(axes: Axes, rows: Sequence[Epoch]) -> None:
    losses = [max(row.loss, row.val_loss) for row in rows]
    axes.set_ylim(0, _ceiling(losses) or None)


def _ceiling(values: Sequence[float]) -> float:
    """Where an axis from 0 ends: above all values but a few that would flatten them.

    Left out are at most a tenth of the values, or one, each at least three times as
    high as all others.
    """
    ordered = np.sort([value for value in values if np.isfinite(value)])
    if not ordered.size:
        return 0.0
    few = max(1, len(ordered) // 10)
    for left_out in range(few, 0, -1) if len(ordered) > 2 * few else ():
        below = float(ordered[-left_out - 1])
        if ordered[-left_out] > _FLATTENING * below > 0:
            return 1.3 * below
    return 1.05 * float(ordered[-1])


def _mark_beyond(
    axes: Axes, lines: Sequence[tuple[str, str]], rows: Sequence[Epoch]
) -> None:
    """Triangles at the edge for epochs beyond it, and the worst of them in words."""
    low, high = axes.get_ylim()
    worst: list[float] = []
    for split, column in lines:
        for row in rows:
            value = getattr(row, column)
            if low <= value <= high or not np.isfinite(value):
                continue
            edge, marker = (high, "^") if value > high else (low, "v")
            axes.plot(
                row.epoch,
                edge,
                marker,
                color=SPLIT_STYLE[split][0],
                markersize=4,
                clip_on=False,
                zorder=4,
            )
            worst.append(value)
    if worst:
        far = max(worst, key=lambda value: abs(value - high))
        place, align = (0.94, "top") if far > high else (0.06, "bottom")
        axes.text(
            0.97,
            place,
            f"beyond: up to {far:.3g}",
            transform=axes.transAxes,
            fontsize=7,
            ha="right",
            va=align,
            color=GREY,
        )


def _reference(axes: Axes, value: float, words: str) -> None:
    """A line for what can be reached without learning anything."""
    axes.axhline(value, color=GREY, linewidth=0.8)
    axes.annotate(
        words,
        (0, value),
        xycoords=("axes fraction", "data"),
        fontsize=7,
        ha="left",
        va="top",
        xytext=(3, -2),
        textcoords="offset points",
        color=GREY,
    )


_WORDS = {"val_auc": "validation AUC", "val_loss": "validation loss"}


def _line(axes: Axes, epochs: list[int], values: np.ndarray, split: str) -> None:
    colour, dashes = SPLIT_STYLE[split]
    marker = "." if len(epochs) == 1 else ""
    axes.plot(
        epochs, values, color=colour, linestyle=dashes, marker=marker, label=split
    )
