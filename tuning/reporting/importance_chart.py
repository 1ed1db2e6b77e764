"""Importances as bars with their intervals, and as a table."""

from tuning.reporting import scale, svg
from tuning.reporting.importance import Importances
from tuning.reporting.svg import Frame
from zoo.reporting.markup import Markup, element

_ROW = 26


def chart(importances: Importances) -> Markup:
    """A bar for each parameter, the most important first."""
    each = importances.each
    if not each:
        return element("p", importances.reason, class_="note")
    frame = Frame(height=_ROW * len(each) + 62, left=230)
    across = scale.around([0, *(i.low for i in each), *(i.high for i in each)])
    marks = [frame.x_axis(across, "share of the variance of the trials' ranks")]
    zero = frame.x(across.position(0))
    marks.append(svg.line(zero, frame.top, zero, frame.y(0), "axis"))
    for row, one in enumerate(each):
        y = frame.top + _ROW * row + 4
        ends = sorted((zero, frame.x(across.position(one.share))))
        width = ends[1] - ends[0]
        title = element("title", f"{one.name}: {one.share:.2f}")
        marks.append(
            element("rect", title, x=ends[0], y=y, width=width, height=14, class_="bar")
        )
        low, high = (frame.x(across.position(end)) for end in (one.low, one.high))
        marks.append(svg.line(low, y + 7, high, y + 7, "interval"))
        marks.append(svg.label_at(frame.left - 8, y + 12, one.name, anchor="end"))
    first = each[0]
    label = (
        f"Importance of {len(each)} parameters; most: {first.name} {first.share:.2f}"
    )
    return frame.drawing(*marks, label=label)


def table(importances: Importances) -> Markup:
    """The same as numbers."""
    rows = [
        (i.name, f"{i.share:.3f}", f"{i.low:.3f} to {i.high:.3f}", str(i.trials))
        for i in importances.each
    ]
    header = ("parameter", "share", "90 % interval", "trials that have it")
    return svg.table(header, rows, "Permutation importance")
