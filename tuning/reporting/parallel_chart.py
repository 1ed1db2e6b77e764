"""Parallel coordinates: a line for each trial across the axes of all parameters."""

from tuning.reporting import scale, svg
from tuning.reporting.axis import Axis, shown, varying
from tuning.reporting.findings import Findings
from tuning.reporting.svg import Frame
from tuning.trials.trial import Trial
from zoo.reporting.markup import Markup, element, joined

_BETWEEN = 130  # px from axis to axis
_ABSENT = -0.09  # where a parameter that does not hold is passed by
_SHADES = 5


def chart(findings: Findings) -> Markup:
    """Lines in shades by their objective; page.js filters and highlights them."""
    axes = varying(findings.axes, findings.trials)
    judged = findings.judged
    if not judged or not axes:
        return element("p", "Nothing varies among trials with a figure.")
    name = findings.sweep.settings.objective
    ends = scale.without_outliers([trial.objective for trial in judged])
    objective = Axis(name=name, scale=ends)
    every = (*axes, objective)
    width = max(860, _BETWEEN * len(axes) + 180)
    frame = Frame(width=width, height=360, left=90, right=90, top=46, bottom=46)
    lines = [_line(frame, every, t, findings) for t in _worst_first(findings)]
    drawn = [_axis(frame, place, every) for place in range(len(every))]
    chart = frame.drawing(
        element("g", *lines, class_="lines"),
        *drawn,
        label=f"{len(judged)} trials across {len(axes)} parameters and {name}. "
        "The table of trials has the same values.",
        id="parallel",
    )
    told = element("p", "", id="parallel-told", class_="told", aria_live="polite")
    return joined([chart, told])


def _worst_first(findings: Findings) -> list[Trial]:
    """The best drawn last, above the others."""
    sign = 1 if findings.sweep.settings.direction == "max" else -1
    return sorted(findings.judged, key=lambda trial: sign * trial.objective)


def _line(frame: Frame, axes: tuple[Axis, ...], trial: Trial, findings: Findings):
    places = []
    for place, axis in enumerate(axes):
        if place == len(axes) - 1:
            share = axis.position(trial.objective)
        else:
            there = axis.name in trial.values
            share = axis.position(trial.values[axis.name]) if there else _ABSENT
        places.append((frame.x(place / (len(axes) - 1)), frame.y(share), share))
    goodness = places[-1][2]
    if findings.sweep.settings.direction == "min":
        goodness = 1 - goodness
    kind = f"shade{min(_SHADES - 1, int(goodness * _SHADES))}"
    if findings.best is not None and trial.trial_id == findings.best.trial_id:
        kind = "best"
    told = ", ".join(
        f"{axis.name} {shown(trial.values[axis.name])}"
        for axis in axes[:-1]
        if axis.name in trial.values
    )
    return element(
        "polyline",
        element(
            "title", f"{trial.trial_id}: {axes[-1].name} {trial.objective:.4f}; {told}"
        ),
        points=svg.points([(x, y) for x, y, _ in places]),
        class_=kind,
        data_at=" ".join(f"{share:.3f}" for _, _, share in places),
    )


def _axis(frame: Frame, place: int, axes: tuple[Axis, ...]) -> Markup:
    axis, x = axes[place], frame.x(place / (len(axes) - 1))
    marks = [svg.line(x, frame.y(0), x, frame.y(1), "axis")]
    for share, label in axis.ticks(5):
        y = frame.y(share)
        marks.append(svg.line(x - 3, y, x + 3, y, "axis"))
        text = svg.short(label, 14)
        marks.append(
            element(
                *("text", element("title", label), text),
                **{"x": x + 6, "y": y + 4, "class_": "halo"},
            )
        )
    section, _, last = axis.name.rpartition(".")
    lift = 0 if place % 2 else 15
    marks.append(
        element(
            *("text", element("title", axis.name), svg.short(last, 20)),
            **{"x": x, "y": 14.0 + lift, "text_anchor": "middle", "class_": "title"},
        )
    )
    brush = element(
        "rect",
        x=x - 16,
        y=frame.y(1),
        width=32,
        height=frame.y(0) - frame.y(1),
        class_="brush",
        data_axis=place,
    )
    chosen = element(
        "rect", x=x - 8, y=0, width=16, height=0, class_="chosen", data_axis=place
    )
    return joined([*marks, chosen, brush])
