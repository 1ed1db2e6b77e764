"""Calibration, operating point and net benefit as text for the terminal."""

from collections.abc import Sequence

from pipelines.terminal.table import align
from zoo.evaluation.calibration.measures import NAMES
from zoo.evaluation.results.metric_text import cell, number

_TITLES = {
    "intercept": "intercept (right: 0)",
    "slope": "slope (right: 1)",
    "o_e": "observed / expected (1)",
    "ici": "ICI (0)",
    "ece": "ECE (0)",
    "log_loss": "log loss",
    "brier": "Brier score",
}
_MOST_CLASSES = 7  # columns that are read beside each other
_SHOWN = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7)  # thresholds of the net benefit


def tables(evidence: dict) -> list[str]:
    """The tables of what a target's evidence has of these."""
    parts = []
    if "per_label" in evidence.get("calibration", {}).get("before", {}):
        parts.append(_labels(evidence["calibration"]))
    elif "calibration" in evidence:
        parts += _calibration(evidence["calibration"])
    if "operating_point" in evidence:
        parts.append(_operating_point(evidence))
    if "decision_curve" in evidence:
        parts += _net_benefits(evidence["decision_curve"])
    return parts


def _calibration(content: dict) -> list[str]:
    where = f"calibration, {content['split']}, by {content['level']}"
    stages = [name for name in ("before", "after") if name in content]
    classes = [*content["before"]["per_class"]]
    overall = [[where, *_of_stage(stages)]]
    if len(classes) == 1:
        (name,) = classes
        overall[0][0] += f", of class {name}"
        for measure in NAMES:
            entries = (content[s]["per_class"][name][measure] for s in stages)
            overall.append([_TITLES[measure], *map(_cell, entries)])
    for measure in ("log_loss", "brier"):
        entries = (content[s]["overall"][measure] for s in stages)
        overall.append([_TITLES[measure], *map(cell, entries)])
    parts = [align(overall)]
    if len(classes) > 1:
        parts += [_classes(content, stage, classes) for stage in stages[-1:]]
    return parts


def _classes(content: dict, stage: str, classes: Sequence[str]) -> str:
    """Of the first classes; metrics.json has the others."""
    words = "" if stage == "before" else f", {stage} the last stage"
    heading = f"{content['split']}, one class against the rest{words}"
    shown = classes[:_MOST_CLASSES]
    rows = [[heading, *shown]]
    for measure in NAMES:
        entries = (content[stage]["per_class"][name][measure] for name in shown)
        rows.append([_TITLES[measure], *map(_cell, entries)])
    left = len(classes) - len(shown)
    more = f"\n{left} more classes: metrics.json" if left else ""
    return f"{align(rows)}{more}\nnote: {content['note']}"


def _labels(content: dict) -> str:
    """Of the first labels that a sample knows; metrics.json has the others."""
    per_label = content["before"]["per_label"]
    known = [name for name, entries in per_label.items() if "reason" not in entries]
    shown = known[:_MOST_CLASSES]
    rows = [[f"calibration, {content['split']}, by {content['level']}", *shown]]
    for measure in NAMES:
        entries = (per_label[name][measure] for name in shown)
        rows.append([_TITLES[measure], *map(_cell, entries)])
    left = len(known) - len(shown)
    return align(rows) + (f"\n{left} more labels: metrics.json" if left else "")


def _cell(entry: dict) -> str:
    """With what chance alone gives, of measures that have no interval."""
    if "by_chance" not in entry:
        return cell(entry)
    return f"{number(entry['value'])} (by chance to {entry['by_chance']:.3f})"


def _of_stage(stages: Sequence[str]) -> list[str]:
    if len(stages) == 1:
        return ["value"]
    return [f"{stage} the last stage" for stage in stages]


def _operating_point(evidence: dict) -> str:
    point, where = evidence["operating_point"], evidence["calibration"]
    event = " or ".join(point["event"])
    cuts = ", ".join(f"{value:.3g}" for value in point["thresholds"])
    rows = [
        [
            f"operating point {point['rule']}, {where['split']}, by {where['level']}",
            f"{event} from {cuts} on",
        ],
        ["with it / all", f"{point['with_event']} / {point['samples']}"],
    ]
    for name in ("sensitivity", "specificity"):
        rows.append([name, cell(point[name])])
    for name in ("ppv", "npv"):
        rows.append([f"{name.upper()} in this split", cell(point[name])])
    for at in point["at_prevalence"]:
        for name in ("ppv", "npv"):
            title = f"{name.upper()} at a prevalence of {at['prevalence']:g}"
            rows.append([title, _logit_cell(at[name])])
    stage = evidence["last_stage"]["accuracy"]
    rows.append(["accuracy before", number(stage["before"])])
    rows.append(["accuracy after", number(stage["after"])])
    return align(rows)


def _logit_cell(entry: dict) -> str:
    """With the logit interval, else that of the bootstrap."""
    intervals = entry["intervals"]
    chosen = {name: intervals[name] for name in ("logit",) if name in intervals}
    return cell({**entry, "intervals": _as_known(chosen or intervals)})


def _as_known(intervals: dict) -> dict:
    """Under the name of a method that `cell` shows."""
    return {"bootstrap": next(iter(intervals.values()))} if intervals else {}


def _net_benefits(content: dict) -> list[str]:
    stated = content["prevalence"]
    of = "that of the split" if stated is None else f"{stated:g}"
    parts = []
    for event, curve in [*content["per_event"].items()][:_MOST_CLASSES]:
        places = [curve["thresholds"].index(value) for value in _SHOWN]
        rows = [
            [f"net benefit for {event}, prevalence {of}", *(f"{v:g}" for v in _SHOWN)]
        ]
        rows.append(["by the model", *(_benefit(curve, place) for place in places)])
        rows.append(["acting on all", *(f"{curve['all'][p]:.3f}" for p in places)])
        parts.append(align(rows))
    return parts


def _benefit(curve: dict, place: int) -> str:
    value = f"{curve['model'][place]:.3f}"
    if not curve["low"] or curve["low"][place] is None:
        return value
    return f"{value} ({curve['low'][place]:.3f} to {curve['high'][place]:.3f})"
