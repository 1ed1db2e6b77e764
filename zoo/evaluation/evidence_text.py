"""The evidence as text for the terminal."""

from collections.abc import Iterator, Sequence

from zoo.evaluation.results.by_kind import RESULTS, kind_of
from zoo.evaluation.results.metric_text import cell
from zoo.evaluation.results.resampling import RESAMPLED, WITHIN_CLASSES
from zoo.evaluation.results.shown import (
    METHODS,
    preferred,
    preferred_method,
    shown_level,
)
from zoo.evaluation.tables import calibration, rejection, text_table, unknown_classes
from zoo.evaluation.tables.by_kind import TABLES, Tables
from zoo.runs import seen_patients, split_by_image

_NAMED = 5  # patients in a note


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
    if mark := split_by_image.note(evidence.get("split_by", "")):
        lines.append(mark)
    if "seen_patients" in evidence:
        lines.append(seen_patients.note(evidence["seen_patients"]))
    if evidence["task"]:
        lines.append(f"task {evidence['task']}, unit {evidence['unit']}")
    shown = [
        entry
        for target in (evidence, *evidence.get("further_targets", {}).values())
        if "splits" in target
        for entry in (
            *_entries(target["splits"], shown_level(target)),
            *_below(target.get("calibration", {})),
        )
    ]
    levels = [split[shown_level(evidence)] for split in evidence["splits"].values()]
    within = any(level.get("resampling") == WITHIN_CLASSES for level in levels)
    drawn = "within classes" if within else "freely"
    design = evidence["design"].replace("_", "-")
    lines.append(
        f"in brackets: {percent} intervals ({_methods(shown)}), "
        f"{evidence['bootstrap']['resamples']} bootstrap resamples of patients, drawn "
        f"{drawn} (a {design} design)"
    )
    intervals = [preferred(entry) for entry in shown]
    few = {interval["approximate"]: 1 for interval in intervals if _says(interval, "~")}
    if few:
        lines.append(f"~ approximate: {'; '.join(few)}")
    if any(_says(interval, "≥") for interval in intervals):
        lines.append("≥ one-sided: nothing lies above a perfect result")
    return "\n".join(lines)


def _says(interval: dict | None, mark: str) -> bool:
    field = {"~": "approximate", "≥": "one_sided"}[mark]
    return interval is not None and field in interval


def _entries(levels: dict, level: str) -> Iterator[dict]:
    """The metrics that tables show, of all splits."""
    for by_level in levels.values():
        if by_level[level]["defined"]:
            yield from _below(by_level[level])


def _below(branch: dict) -> Iterator[dict]:
    for value in branch.values():
        if isinstance(value, dict):
            if "intervals" in value:
                yield value
            else:
                yield from _below(value)


def _methods(entries: Sequence[dict]) -> str:
    """The methods of the intervals that are shown, and of what."""
    used = {preferred_method(entry) for entry in entries}
    words = [text for method, text in METHODS.items() if method in used]
    if "bootstrap" in used and len(used - {None}) > 1:
        words[words.index(METHODS["bootstrap"])] = f"else {METHODS['bootstrap']}"
    return "; ".join(words) or "none"


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
    parts += unknown_classes.tables(evidence)
    if "folds" in evidence:
        parts.append(text_table.folds(evidence["folds"], tables.show))
        parts.append(_pooling(evidence["folds"], evidence))
    return [*parts, _notes(evidence, level, tables)]


def _pooling(folds: dict, evidence: dict) -> str:
    """What is to be known of pooled scores; "" where none were."""
    if "pooled" not in folds:
        return ""
    confidence = evidence.get("confidence")
    lines = [f"note: {folds['pooled']}"]
    for name, entry in folds["mean_auc"].items():
        lines.append(
            f"mean of the folds' AUC, {name}: {cell(entry, confidence=confidence)} by "
            "its influence curve"
            if entry["value"] is not None
            else f"mean of the folds' AUC, {name}: none, {entry['reason']}"
        )
    if folds["shift"]["shifted"]:
        lines.append(
            f"note: the folds' scores are shifted against each other (p = "
            f"{folds['shift']['p']:.2g}, Kruskal-Wallis within classes), so the pooled "
            "AUC is too low and one threshold does not suit all folds"
        )
    return "\n".join(lines)


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
        elif "left_out" in levels["patient"]:
            notes.append(f"{split}: {_left_out(levels['patient'], evidence)}")
        metrics = levels[level]
        if metrics["resampling"] not in RESAMPLED:
            notes.append(
                f"{split}: no bootstrap intervals (resampling {metrics['resampling']})"
            )
        notes += [f"{split}{note}" for note in tables.missing(metrics)]
    return "\n".join(f"note: {note}" for note in notes)


def _left_out(patient: dict, evidence: dict) -> str:
    """Whom the level of patients leaves out, five of them by name."""
    names, count = patient["left_out"]["names"], patient["left_out"]["patients"]
    truth = RESULTS[kind_of(evidence)].truth
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    return (
        f"{count} patient(s) are left out by patient, whose samples are of different "
        f"{truth}: {', '.join(names[:_NAMED])}{more}"
    )
