"""Forest plot: the headline figures of every subgroup with their intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pipelines.characteristics.table_text import p_text
from pipelines.figures.names import wrapped
from zoo.evaluation.figures.style import (
    BLACK,
    BLUE,
    GREY,
    VERMILLION,
    axis_text,
    figure,
)
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.metric_text import cell, title
from zoo.evaluation.subgroups.by_kind import SUBGROUPS
from zoo.evaluation.subgroups.entries import entries_of
from zoo.evaluation.subgroups.table import shown_interval

_MOST_ROWS = 45  # of one picture
_NAME_PLACES = 30
_INCHES_A_ROW, _INCHES_ROUND = 0.19, 1.1
_INCHES_NAMES, _INCHES_PANEL = 1.5, 2.7
_NONE = {"value": None, "intervals": {}}


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One line of the picture: a covariate with its p, or a group."""

    label: str
    entries: dict[str, dict] | None = None
    ps: dict[str, float | None] | None = None
    few: bool = False


def draw(
    folder: Path, subgroups: dict, whole: dict, predictions: Predictions
) -> dict[str, str]:
    """Draws `subgroups.png`, and `subgroups_2.png` where one has not room for all.

    Returns:
        File name -> "", as other figures do.
    """
    kind = SUBGROUPS[predictions.kind.name]
    names = kind.headlines(predictions)
    figures = {}
    for number, rows in enumerate(_pages(subgroups, whole), start=1):
        name = "subgroups.png" if number == 1 else f"subgroups_{number}.png"
        heading = f"{subgroups['split'].capitalize()}, by {subgroups['level']}"
        _draw(folder / name, rows, names, kind.show, heading)
        figures[name] = ""
    return figures


def _pages(subgroups: dict, whole: dict) -> list[list[_Row]]:
    """Covariates as whole blocks, below all patients."""
    first = _Row(label=f"all (n = {whole['patients']})", entries=entries_of(whole))
    pages = [[first]]
    for covariate, evidence in subgroups["covariates"].items():
        tests = evidence["heterogeneity"]
        block = [
            _Row(label=covariate, ps={name: test["p"] for name, test in tests.items()})
        ]
        block += [
            _Row(
                label=f"{group} (n = {level['patients']})",
                entries=entries_of(level),
                few=bool(level["too_few"]),
            )
            for group, level in evidence["groups"].items()
        ]
        if len(pages[-1]) > 1 and len(pages[-1]) + len(block) > _MOST_ROWS:
            pages.append([first])
        pages[-1] += block
    return pages


def _draw(
    path: Path,
    rows: Sequence[_Row],
    names: Sequence[str],
    show: Callable[[float], str],
    heading: str,
) -> None:
    width = _INCHES_NAMES + _INCHES_PANEL * len(names)
    height = _INCHES_ROUND + _INCHES_A_ROW * len(rows)
    with figure(path, width=width, height=height) as drawn:
        panels = drawn.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for axes, name in zip(panels, names):
            _panel(axes, rows, name, show)
        axes = panels[0]
        labels = [wrapped(row.label, _NAME_PLACES) for row in rows]
        axes.set_yticks(range(len(rows)), labels)
        for label, row in zip(axes.get_yticklabels(), rows):
            label.set_fontweight("bold" if row.entries is None else "normal")
            label.set_color(GREY if row.few else BLACK)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        drawn.suptitle(heading, x=0.01, ha="left", fontsize=9, fontweight="bold")
        drawn.legend(handles=_legend(rows), loc="outside lower right", ncols=3)


def _legend(rows: Sequence[_Row]) -> list[Line2D]:
    whole = Line2D([], [], color=VERMILLION, linestyle="--", linewidth=0.8)
    few = Line2D([], [], color=GREY, marker="s", markersize=4, markerfacecolor="white")
    nothing = Line2D([], [], linestyle="none")
    whole.set_label("all patients")
    few.set_label("too few patients")
    nothing.set_label("p: heterogeneity, not adjusted")
    return [whole, *([few] if any(row.few for row in rows) else []), nothing]


def _panel(
    axes: Axes, rows: Sequence[_Row], name: str, show: Callable[[float], str]
) -> None:
    whole = (rows[0].entries or {}).get(name, _NONE)["value"]
    if whole is not None:
        axes.axvline(whole, color=VERMILLION, linestyle="--", linewidth=0.8)
    for place, row in enumerate(rows):
        if row.entries is None:
            p = (row.ps or {}).get(name)
            text = "" if p is None else _equals(p_text(p))
        else:
            entry = row.entries.get(name, _NONE)
            _point(axes, place, entry, few=row.few, whole=place == 0)
            text = cell(entry, show)
        axes.annotate(
            text,
            (1.02, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=6.5,
            color=GREY if row.few else BLACK,
        )
    axes.set_xlabel(_axis(name))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)


def _axis(name: str) -> str:
    """`Sensitivity (ill)`."""
    start, _, figure_name = name.rpartition(": ")
    words = title(figure_name)
    words = words[:1].upper() + words[1:]
    return axis_text(f"{words} ({start})" if start else words)


def _equals(p: str) -> str:
    return f"p {p}" if p[0] in "<>" else f"p = {p}"


def _point(axes: Axes, place: int, entry: dict, *, few: bool, whole: bool) -> None:
    if entry["value"] is None:
        return
    colour = VERMILLION if whole else GREY if few else BLUE
    ends = shown_interval(entry)
    if ends is not None:
        axes.plot(ends, (place, place), color=colour, linewidth=1.2)
    axes.plot(
        [entry["value"]],
        [place],
        marker="D" if whole else "s",
        markersize=4,
        color=colour,
        markerfacecolor="white" if few else colour,
    )
