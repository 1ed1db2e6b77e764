"""The objective by trial, with the best so far."""

from tuning.reporting import code_sides, scale, svg
from tuning.reporting.findings import Findings, best_so_far
from tuning.reporting.scale import Scale
from tuning.reporting.svg import Frame
from zoo.reporting.markup import Markup, element


def chart(findings: Findings) -> Markup:
    """A mark for each trial; those without a figure stand as crosses at the foot."""
    judged = findings.judged
    if not judged:
        return element("p", "No trial has a figure yet.")
    frame, name = Frame(), findings.sweep.settings.objective
    high = scale.without_outliers([trial.objective for trial in judged])
    across = scale.around([1, len(findings.trials)])
    marks = [
        frame.y_axis(high, name),
        frame.x_counts(across, "trial, in the order they began"),
    ]
    steps = best_so_far(findings.sweep, findings.trials)
    marks.append(_stairs(frame, across, high, steps))
    for number, trial in enumerate(findings.trials, start=1):
        x = frame.x(across.position(number))
        if trial.objective is None:
            marks.append(_cross(x, frame.y(0) - 6, f"{trial.trial_id}: {trial.state}"))
            continue
        kind = "abandoned" if trial.state == "abandoned" else "done"
        if findings.best is not None and trial.trial_id == findings.best.trial_id:
            kind = "best"
        if code_sides.is_of_another(findings.sweep, trial):
            kind += " other"
        title = f"{trial.trial_id}: {name} {trial.objective:.4f}, {trial.state}"
        marks.append(svg.dot(x, frame.y(high.position(trial.objective)), kind, title))
    return frame.drawing(*marks, label=_label(findings))


def _stairs(
    frame: Frame, across: Scale, high: Scale, steps: list[float | None]
) -> Markup:
    places = []
    for number, value in enumerate(steps, start=1):
        if value is None:
            continue
        y = frame.y(high.position(value))
        x = frame.x(across.position(number))
        if places:
            places.append((x, places[-1][1]))
        places.append((x, y))
    return element("polyline", points=svg.points(places), class_="stairs")


def _cross(x: float, y: float, title: str) -> Markup:
    path = f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"
    return element("path", element("title", title), d=path, class_="failed")


def _label(findings: Findings) -> str:
    figures = [trial.objective for trial in findings.judged]
    best = "" if findings.best is None else f"; best {findings.best.objective:.4f}"
    name = findings.sweep.settings.objective
    return (
        f"{name} of {len(figures)} trials, from {min(figures):.4f} to "
        f"{max(figures):.4f}{best}. The table of trials has each."
    )
