"""The evidence as text for the terminal."""

from zoo.evaluation.results.by_kind import kind_of
from zoo.evaluation.results.resampling import RESAMPLED
from zoo.evaluation.results.shown import shown_level
from zoo.evaluation.tables import calibration, rejection, text_table
from zoo.evaluation.tables.by_kind import TABLES, Tables
from zoo.runs import seen_patients


def text(evidence: dict) -> str:
    """Tables of all splits, and in detail of the last one, test where there is."""
    parts = [_preface(evidence), *_tables(evidence)]
    for name, target in evidence.get("further_targets", {}).items():
        known = "splits" in target
        tables = _tables(target) if known else [f"note: {target['reason']}"]
        parts += [f"further target {name}", *tables]
    return "\n\n".join(part for part in parts if part)


def _preface(evidence: dict) -> str:
    percent = f"{100 * evidence['confidence']:g}%"
    lines = []
    if "seen_patients" in evidence:
        lines.append(seen_patients.note(evidence["seen_patients"]))
    if evidence["task"]:
        lines.append(f"task {evidence['task']}, unit {evidence['unit']}")
    methods = _interval_methods(evidence)
    lines.append(
        f"in brackets: {percent} intervals ({methods}"
        f"{evidence['bootstrap']['resamples']} bootstrap resamples of patients)"
    )
    return "\n".join(lines)


def _interval_methods(evidence: dict) -> str:
    """Beside the bootstrap, of the first target that has others."""
    for target in (evidence, *evidence.get("further_targets", {}).values()):
        methods = TABLES[kind_of(target)].interval_methods
        if methods:
            return f"{methods}; else "
    return ""


def _tables(evidence: dict) -> list[str]:
    """The tables of one target."""
    tables = TABLES[kind_of(evidence)]
    level = shown_level(evidence)
    last = list(evidence["splits"].values())[-1]
    several = last["sample"]["samples"] != last["sample"]["patients"]
    parts = [tables.overall(evidence["splits"], level)]
    if "baseline" in evidence:
        parts.append(_baseline(evidence["baseline"], level, tables))
    if level == "patient" and several:
        parts.append(tables.overall(evidence["splits"], "sample"))
    parts += tables.details(evidence)
    parts += calibration.tables(evidence)
    parts += rejection.tables(evidence)
    if "folds" in evidence:
        parts.append(text_table.folds(evidence["folds"], tables.show))
    return [*parts, _notes(evidence, level, tables)]


def _baseline(baseline: dict, level: str, tables: Tables) -> str:
    names = ", ".join(baseline["covariates"])
    lines = [
        f"beside it, a {tables.baseline} on {names} alone:",
        tables.overall(baseline["splits"], level),
    ]
    if "folds" in baseline:
        lines += ["", f"the same {tables.baseline} on {names} alone, fold by fold:"]
        lines.append(text_table.folds(baseline["folds"], tables.show))
    return "\n".join(lines)


def _notes(evidence: dict, level: str, tables: Tables) -> str:
    """Why numbers are missing, each reason once."""
    notes = []
    for split, levels in evidence["splits"].items():
        if not levels["patient"]["defined"]:
            notes.append(f"{split}: not by patient, {levels['patient']['reason']}")
        metrics = levels[level]
        if metrics["resampling"] not in RESAMPLED:
            notes.append(
                f"{split}: no bootstrap intervals (resampling {metrics['resampling']})"
            )
        notes += [f"{split}{note}" for note in tables.missing(metrics)]
    return "\n".join(f"note: {note}" for note in notes)
