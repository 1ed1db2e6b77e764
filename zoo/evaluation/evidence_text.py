"""The evidence as text for the terminal."""

from zoo.evaluation import target_kinds
from zoo.evaluation.figures.classification import shown_level
from zoo.evaluation.tables import tables
from zoo.runs import seen_patients


def text(evidence: dict) -> str:
    """Tables of all splits, and in detail of the last one, test where there is."""
    parts = [_preface(evidence), *_tables(evidence)]
    for name, found in evidence.get("further_targets", {}).items():
        known = "splits" in found
        said = _tables(found) if known else [f"note: {found['reason']}"]
        parts += [f"further target {name}", *said]
    return "\n\n".join(part for part in parts if part)


def _preface(evidence: dict) -> str:
    percent = f"{100 * evidence['confidence']:g}%"
    lines = []
    if "seen_patients" in evidence:
        lines.append(seen_patients.note(evidence["seen_patients"]))
    if evidence["task"]:
        lines.append(f"task {evidence['task']}, unit {evidence['unit']}")
    kinds_of = "AUC of one class: DeLong; proportions: Wilson; else "
    if _numbers_alone(evidence):
        kinds_of = ""
    lines.append(
        f"in brackets: {percent} intervals ({kinds_of}"
        f"{evidence['bootstrap']['resamples']} bootstrap resamples of patients)"
    )
    return "\n".join(lines)


def _numbers_alone(evidence: dict) -> bool:
    """Whether there is neither a class nor a label among the targets."""
    all_of_them = (evidence, *evidence.get("further_targets", {}).values())
    return all(one.get("kind") == "regression" for one in all_of_them)


def _tables(evidence: dict) -> list[str]:
    """What is said of one target."""
    kind = target_kinds.of_evidence(evidence)
    level = shown_level(evidence)
    found = list(evidence["splits"].values())[-1]
    several = found["sample"]["samples"] != found["sample"]["patients"]
    parts = [kind.overall(evidence["splits"], level)]
    if "baseline" in evidence:
        parts.append(_baseline(evidence["baseline"], level, kind))
    if level == "patient" and several:
        parts.append(kind.overall(evidence["splits"], "sample"))
    parts += kind.details(evidence)
    if "folds" in evidence:
        parts.append(tables.folds(evidence["folds"], kind.show))
    return [*parts, _notes(evidence, level, kind)]


def _baseline(found: dict, level: str, kind: target_kinds.Kind) -> str:
    names = ", ".join(found["covariates"])
    lines = [
        f"beside it, a {kind.regression} on {names} alone:",
        kind.overall(found["splits"], level),
    ]
    if "folds" in found:
        lines += ["", f"the same {kind.regression} on {names} alone, fold by fold:"]
        lines.append(tables.folds(found["folds"], kind.show))
    return "\n".join(lines)


def _notes(evidence: dict, level: str, kind: target_kinds.Kind) -> str:
    """Why numbers are missing, each reason once."""
    notes = []
    for split, levels in evidence["splits"].items():
        if not levels["patient"]["defined"]:
            notes.append(f"{split}: not by patient, {levels['patient']['reason']}")
        found = levels[level]
        if found["resampling"].startswith("none"):
            reason = found["resampling"].removeprefix("none: ")
            notes.append(f"{split}: no bootstrap intervals, {reason}")
        notes += [f"{split}{note}" for note in kind.missing(found)]
    return "\n".join(f"note: {note}" for note in notes)
