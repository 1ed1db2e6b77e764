"""Subgroups beside the evidence that was written: metrics.json, CSV and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.storage import csv_files
from zoo.evaluation import run_evaluation
from zoo.evaluation.predictions.by_patient import Levels
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import shown_level
from zoo.evaluation.subgroups import forest_plot, subgroups, table
from zoo.evaluation.subgroups.request import By
from zoo.evaluation.subgroups.sources import Sources

FILE = "subgroups.csv"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for.

    Args:
        asked: the columns that make subgroups.
        sources: where their values are.
        settings: of intervals and permutations.
    """

    asked: Sequence[By]
    sources: Sources
    settings: Settings


def write(
    evidence: dict,
    splits: Mapping[str, Mapping[str, Levels]],
    request: Request,
    folder: Path | None,
) -> str:
    """Adds `subgroups`, of the last split, to the evidence on every target.

    Writes `subgroups.csv`, the forest plots and, last, `metrics.json` anew.

    Args:
        evidence: of metrics.json; what is added is in it afterwards.
        splits: the predictions that it is on, by target ("" = the main one), by split.
        folder: that of metrics.json; none = nothing is written.

    Returns:
        The tables for the terminal.
    """
    further = evidence.get("further_targets", {})
    known = {name: part for name, part in further.items() if "splits" in part}
    texts, rows = [], []
    for target, part in {"": evidence, **known}.items():
        shown, of_target = _add(part, splits[target], request, folder, target)
        texts.append(f"further target {target}\n\n{shown}" if target else shown)
        rows += of_target
    if folder is not None:
        csv_files.write_for_people(folder / FILE, table.HEADER, rows)
        run_evaluation.save(folder, evidence)
    return "\n\n".join(texts)


def _add(
    evidence: dict,
    splits: Mapping[str, Levels],
    request: Request,
    folder: Path | None,
    target: str,
) -> tuple[str, list[list[object]]]:
    """To a target's part: the table for the terminal, and the rows of the file."""
    level = shown_level(evidence)
    split = list(evidence["splits"])[-1]
    predictions = splits[split].at(level)
    whole = evidence["splits"][split][level]
    result = subgroups.evaluate(
        splits[split], level, request.asked, request.sources, request.settings
    )
    evidence["subgroups"] = result
    if folder is not None:
        figures_folder = run_evaluation.figures_folder(folder) / target
        drawn = forest_plot.draw(figures_folder, result, whole, predictions)
        start = f"{target}/" if target else ""
        figures = {start + name: reason for name, reason in drawn.items()}
        evidence["figures"] = evidence.get("figures", {}) | figures
    shown = table.text(result, whole, predictions)
    return shown, list(table.rows(result, whole, target))
