"""What a sweep's time went into."""

from tuning.reporting import svg
from tuning.reporting.findings import Findings
from tuning.reporting.svg import Frame
from tuning.trials.fold_result import PARTS
from zoo.reporting.markup import Markup, element, joined

_WORDS = {
    "start": "starting processes",
    "data": "opening the data",
    "build": "building networks",
    "trace": "tracing",
    "steps": "training steps",
    "validation": "validation",
    "write": "writing",
    "between": "between them",
}


def seconds_by_part(findings: Findings) -> dict[str, float]:
    """Of all folds; `between` is what no part counts."""
    folds = [result for trial in findings.trials for result in trial.folds]
    parts = {part: sum(f.parts.get(part, 0.0) for f in folds) for part in PARTS}
    whole = sum(result.seconds for result in folds)
    return parts | {"between": max(0.0, whole - sum(parts.values()))}


def chart(findings: Findings) -> Markup:
    """One bar, and the table of it."""
    parts = seconds_by_part(findings)
    whole = sum(parts.values())
    if not whole:
        return element("p", "No fold has been run to an end.")
    frame, marks, left = Frame(height=30, left=0, right=0, top=0, bottom=0), [], 0.0
    for place, (part, seconds) in enumerate(parts.items()):
        share = seconds / whole
        title = element("title", f"{_WORDS[part]}: {share:.0%}")
        marks.append(
            element(
                *("rect", title),
                **{"x": frame.x(left), "y": 0, "height": 30},
                width=max(0.0, share * frame.width - 1),
                class_=f"part{place}",
            )
        )
        left += share
    rows = [
        (_named(place, part), duration(seconds), f"{seconds / whole:.1%}")
        for place, (part, seconds) in enumerate(parts.items())
    ]
    steps = parts["steps"] / whole
    label = f"Time of all folds by what took it; training steps {steps:.0%}"
    drawn = frame.drawing(*marks, label=label, preserveAspectRatio="none")
    caption = f"Folds took {duration(whole)} together"
    return joined(
        [
            element("div", drawn, class_="parts"),
            svg.table(("part", "time", "share"), rows, caption),
        ]
    )


def _named(place: int, part: str) -> Markup:
    """A part with the colour that it has in the bar."""
    colour = element("span", class_=f"swatch part{place}")
    return joined([colour, _WORDS[part]])


def duration(seconds: float) -> str:
    """Time as people read it.

    >>> duration(4.2), duration(75), duration(7380)
    ('4.2 s', '1 min 15 s', '2 h 03 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
