"""The evidence as text for the terminal."""

from collections.abc import Iterable, Sequence

from zoo.evidence.judgement import preferred
from zoo.evidence.metrics import OVERALL, PER_CLASS
from zoo.evidence.portfolio import shown_level

_TITLES = {"ppv": "PPV", "npv": "NPV", "f1": "F1", "auc": "AUC", "brier": "Brier score"}


def text(evidence: dict) -> str:
    """Tables of all splits, and class by class of the last one, test where there is."""
    level = shown_level(evidence)
    main = list(evidence["splits"])[-1]
    found = evidence["splits"][main]
    several = found["sample"]["samples"] != found["sample"]["patients"]
    parts = [_preface(evidence), _overall(evidence["splits"], level)]
    if "baseline" in evidence:
        parts.append(_baseline(evidence["baseline"], level))
    if level == "patient" and several:
        parts.append(_overall(evidence["splits"], "sample"))
    parts += [
        _per_class(found[level], f"{main}, by {level}, one class against the rest"),
        _confusion(found[level]["confusion"], evidence["classes"], main, level),
    ]
    if "folds" in evidence:
        parts.append(_folds(evidence["folds"]))
    parts.append(_notes(evidence, level))
    return "\n\n".join(part for part in parts if part)


def _preface(evidence: dict) -> str:
    percent = f"{100 * evidence['confidence']:g}%"
    lines = []
    if evidence["task"]:
        lines.append(f"task {evidence['task']}, unit {evidence['unit']}")
    lines.append(
        f"in brackets: {percent} intervals (AUC of one class: DeLong; proportions: "
        f"Wilson; else {evidence['bootstrap']['resamples']} bootstrap resamples of "
        "patients)"
    )
    return "\n".join(lines)


def _baseline(found: dict, level: str) -> str:
    names = ", ".join(found["covariates"])
    lines = [
        f"beside it, a logistic regression on {names} alone:",
        _overall(found["splits"], level),
    ]
    if "folds" in found:
        lines.append(_folds(found["folds"]))
    return "\n".join(lines)


def _overall(found: dict, level: str) -> str:
    splits = {
        split: levels[level]
        for split, levels in found.items()
        if levels[level]["defined"]
    }
    rows = [[f"by {level}", *splits]]
    rows.append(["patients", *(str(found["patients"]) for found in splits.values())])
    if level == "sample":
        rows.append(["samples", *(str(found["samples"]) for found in splits.values())])
    for name in OVERALL:
        rows.append([_title(name), *(_cell(found[name]) for found in splits.values())])
    return _align(rows)


def _per_class(found: dict, heading: str) -> str:
    rows = [[heading, *found["per_class"]]]
    for name in PER_CLASS:
        entries = (entries[name] for entries in found["per_class"].values())
        rows.append([_title(name), *(_cell(entry) for entry in entries)])
    return _align(rows)


def _confusion(
    counts: Sequence[Sequence[int]], classes: Sequence[str], split: str, level: str
) -> str:
    rows = [[f"{split}, by {level}: true \\ predicted", *classes]]
    rows += [[name, *map(str, row)] for name, row in zip(classes, counts)]
    return _align(rows)


def _folds(folds: dict) -> str:
    rows = [[f"fold, by {folds['level']}", "n", *(_title(name) for name in OVERALL)]]
    for row in folds["rows"]:
        values = (_number(row[name]) for name in OVERALL)
        rows.append([row["fold"], str(row["samples"]), *values])
    summary = folds["summary"]
    rows.append(["mean ± sd", "", *(_mean(summary[name]) for name in OVERALL)])
    return _align(rows)


def _mean(summary: dict) -> str:
    if summary["sd"] is None:
        return _number(summary["mean"])
    return f"{summary['mean']:.3f} ± {summary['sd']:.3f}"


def _notes(evidence: dict, level: str) -> str:
    """Why numbers are missing, each reason once."""
    notes = []
    for split, levels in evidence["splits"].items():
        if not levels["patient"]["defined"]:
            notes.append(f"{split}: not by patient, {levels['patient']['reason']}")
        found = levels[level]
        if found["resampling"].startswith("none"):
            reason = found["resampling"].removeprefix("none: ")
            notes.append(f"{split}: no bootstrap intervals, {reason}")
        for name in OVERALL:
            if found[name]["value"] is None:
                notes.append(f"{split}: no {_title(name)}, {found[name]['reason']}")
        for title, entries in found["per_class"].items():
            for name, entry in entries.items():
                if entry["value"] is None:
                    notes.append(
                        f"{split}, class {title}: no {_title(name)}, {entry['reason']}"
                    )
    return "\n".join(f"note: {note}" for note in notes)


def _title(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " "))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _cell(entry: dict) -> str:
    interval = preferred(entry) if entry["value"] is not None else None
    if interval is None:
        return _number(entry["value"])
    return f"{entry['value']:.3f} ({interval['low']:.3f}–{interval['high']:.3f})"


def _align(rows: Iterable[Sequence[str]]) -> str:
    """Columns of equal width, two spaces apart; the first line is the header."""
    rows = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
        for row in rows
    )
