"""The objective against each parameter alone, over the trials that have it."""

import json

from tuning.reporting import scale, svg
from tuning.reporting.axis import Axis, shown, varying
from tuning.reporting.findings import Findings
from tuning.reporting.svg import Frame
from zoo.reporting.markup import Markup, element


def charts(findings: Findings) -> Markup:
    """A small chart for each parameter that varies."""
    axes = varying(findings.axes, findings.judged)
    if not axes:
        return element("p", "No parameter has two values among trials with a figure.")
    high = scale.without_outliers([trial.objective for trial in findings.judged])
    each = [_chart(findings, axis, high) for axis in axes]
    return element("div", *each, class_="slices")


def _chart(findings: Findings, axis: Axis, high: scale.Scale) -> Markup:
    frame = Frame(width=340, height=230, left=62, right=18)
    name = findings.sweep.settings.objective
    among = [trial for trial in findings.judged if axis.name in trial.values]
    seen: dict[str, int] = {}
    marks = [frame.y_axis(high, name), frame.x_ticks(_ticks(axis), axis.name)]
    for trial in among:
        value = trial.values[axis.name]
        share = axis.position(value)
        if axis.scale is None:  # equal ones beside each other
            number = seen[json.dumps(value)] = seen.get(json.dumps(value), -1) + 1
            share += (number % 7 - 3) * 0.08 / len(axis.choices)
        kind = "abandoned" if trial.state == "abandoned" else "done"
        if findings.best is not None and trial.trial_id == findings.best.trial_id:
            kind = "best"
        title = f"{trial.trial_id}: {shown(value)}, {name} {trial.objective:.4f}"
        y = frame.y(high.position(trial.objective))
        marks.append(svg.dot(frame.x(share), y, kind, title, radius=3.0))
    label = f"{name} against {axis.name}, {len(among)} trials that have it."
    return element("figure", frame.drawing(*marks, label=label))


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    """Labels of choices are cut to the room that each has."""
    if axis.scale is not None:
        return axis.ticks(4)
    most = max(4, 40 // len(axis.choices))
    return [(share, svg.short(label, most)) for share, label in axis.ticks()]
