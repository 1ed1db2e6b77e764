"""Classes that were held out of training, as text for the terminal."""

from pipelines.terminal.table import align
from zoo.evaluation.rejection.rules import IN_WORDS
from zoo.evaluation.results.metric_text import cell
from zoo.evaluation.results.unknown_classes import ALL, THRESHOLD_KNOWN

_NONE = "no sample of both known classes and classes held out, by which to judge it"


def tables(evidence: dict) -> list[str]:
    """The tables of what a target's evidence has of them."""
    if "unknown_classes" not in evidence:
        return []
    content = evidence["unknown_classes"]
    if not content["splits"]:
        held_out = ", ".join(content["classes"])
        return [f"note: held out as unknown: {held_out}; {_NONE}"]
    last = [*content["splits"]][-1]
    parts = [_by_class(content, last)]
    if "by_rule" in content["splits"][last]:
        parts.append(_by_rule(content["splits"]))
    if any("~" in part for part in parts):
        parts.append(f"~ approximate: {THRESHOLD_KNOWN}")
    return parts


def _by_class(content: dict, split: str) -> str:
    judged = content["splits"][split]
    shown = [*content["classes"]]
    if len(shown) > 1:
        shown = [ALL, *shown]
    heading = f"unknown classes, {split}, by {content['level']}"
    how = "calibrated" if content["calibrated"] else "uncalibrated"
    words = IN_WORDS[content["score"]]
    if content["score"] == "largest":
        words = f"{how} {words}"
    titles = [heading, "n", "AUROC", "FPR at 95 % of the known"]
    if content["rule"] is not None:
        titles.append("called unknown")
    rows = [titles, ["known classes", str(judged["known"])]]
    for name in shown:
        entries = judged["unknown"][name]
        metrics = ("auroc", "fpr95", "rejected")
        cells = [cell(entries[metric]) for metric in metrics if metric in entries]
        rows.append([name, str(entries["samples"]), *cells])
    width = max(map(len, rows))
    table = align([row + [""] * (width - len(row)) for row in rows])
    return f"{table}\nby the {words}"


def _by_rule(splits: dict) -> str:
    """Beside each other, so that a rule can be chosen by the validation split."""
    titles = ["reject rules, by sample, uncalibrated"]
    for split in splits:
        titles += [f"AUROC, {split}", f"FPR95, {split}"]
    rows = [titles]
    for rule, words in IN_WORDS.items():
        cells = []
        for content in splits.values():
            entries = content["by_rule"][rule]
            cells += [
                cell(entries[metric]) if metric in entries else "-"
                for metric in ("auroc", "fpr95")
            ]
        rows.append([words, *cells])
    return align(rows)
