"""The differences of a comparison with their intervals: a forest plot."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from pipelines.figures.names import short_names
from zoo.evaluation.comparison.report import text
from zoo.evaluation.comparison.report.comparison import Comparison, figure_title
from zoo.evaluation.comparison.report.row import Row
from zoo.evaluation.figures.style import BLACK, BLUE, GREY, VERMILLION, figure, title

_WIDTH, _ROW, _PANEL = 6.6, 0.26, 0.85  # inches
_PLACES = 22  # of a name
_ROOM = 0.08  # of the range, at either end


def draw(path: Path, comparison: Comparison) -> None:
    """One panel for each figure, one row for each pair; below it those over folds."""
    panels = _panels(comparison.rows)
    heights = [_PANEL + _ROW * len(rows) for _, rows in panels]
    names = [source.name for source in comparison.same.sources]
    short = short_names(names, _PLACES)
    shown = dict(zip(names, short.shown))
    lines = 0.16 * len(short.legend)
    with figure(path, width=_WIDTH, height=sum(heights) + lines) as drawn:
        axes = drawn.subplots(
            len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights}
        )[:, 0]
        for panel, (heading, rows) in zip(axes, panels):
            _panel(panel, heading, rows, comparison, shown)
        if short.legend:
            drawn.supxlabel("\n".join(short.legend), x=0.01, ha="left", fontsize=7)


def _panels(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Heading and rows of each, in the order of the rows."""
    panels: dict[str, list[Row]] = {}
    for row in rows:
        words = figure_title(row.figure.name)
        heading = f"{words[:1].upper()}{words[1:]}"
        heading += f", mean of {row.folds} folds" if row.folds else ""
        panels.setdefault(heading, []).append(row)
    return [*panels.items()]


def _panel(
    axes: Axes,
    heading: str,
    rows: Sequence[Row],
    comparison: Comparison,
    shown: dict[str, str],
) -> None:
    title(axes, heading)
    percent = f"{100 * comparison.confidence:g}% interval"
    axes.text(
        1.02,
        1.0,
        f"difference ({percent})",
        transform=axes.transAxes,
        fontsize=7,
        color=GREY,
    )
    places = range(len(rows))[::-1]
    for place, row in zip(places, rows):
        inference = row.inference
        if inference.low is not None:
            ends = [inference.low, inference.high]
            axes.plot(ends, [place] * 2, color=BLUE, solid_capstyle="butt")
        if row.difference == row.difference:
            axes.plot(row.difference, place, "s", color=BLUE, markersize=4.5)
        words = text.difference_text(comparison, row)
        axes.text(
            1.02,
            place,
            f"{words}   Holm p {text.p_text(row.p_holm)}",
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=7,
        )
    axes.axvline(0, color=BLACK, linewidth=0.8)
    sign = rows[0].figure.objective.sign
    margin = rows[0].margin
    if margin is not None:
        axes.axvline(
            -sign * margin.size, color=VERMILLION, linestyle="--", linewidth=1.0
        )
    axes.set_yticks([*places], [_pair(row, shown) for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    low, high = _range(rows)
    axes.set_xlim(low, high)
    more = "better" if rows[0].over is None else "gains more"
    _sides(axes, sign, more, margin=margin is not None)


def _pair(row: Row, shown: dict[str, str]) -> str:
    model, reference = shown[row.model], shown[row.reference]
    if row.over is None:
        return f"{model} - {reference}"
    mine, other = (shown[name] for name in row.over)
    return f"({model} - {mine})\n- ({reference} - {other})"


def _sides(axes: Axes, sign: int, more: str, *, margin: bool) -> None:
    """Below the axis, on either side of 0, which of the two is better."""
    left, right = (f"reference {more}", f"model {more}")[::sign]
    for words, side in ((f"← {left}   ", "right"), (f"   {right} →", "left")):
        axes.annotate(
            words,
            (0, 0),
            xytext=(0, -17),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=7,
            color=GREY,
        )
    if margin:
        axes.annotate(
            "dashed: margin",
            (1, 0),
            xytext=(0, -28),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            va="top",
            fontsize=7,
            color=VERMILLION,
        )


def _range(rows: Sequence[Row]) -> tuple[float, float]:
    """Of the axis: all intervals, 0 and the margin."""
    values = [0.0]
    for row in rows:
        ends = (row.inference.low, row.inference.high)
        values += [end for end in ends if end is not None]
        values += [row.difference] if row.difference == row.difference else []
        if row.margin is not None:
            values.append(-row.figure.objective.sign * row.margin.size)
    width = max(values) - min(values) or 1.0
    return min(values) - _ROOM * width, max(values) + _ROOM * width
