"""What tables show of a run, a cross-validation, a file or a paper's counts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import DataError, UsageError
from pipelines.tables import table_file
from zoo.evaluation.metrics.classification import measure_counts
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import levels_by_split
from zoo.evaluation.results import evidence
from zoo.evaluation.results.description import Description
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.results.shown import shown_level
from zoo.evaluation.tables import counts_file
from zoo.runs import cross_validation, repeats


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One split of a source.

    Args:
        name: of the source, without the folders above it that others share.
        split: its name; "" of counts alone.
        level: patient or sample; "" of counts alone.
        number: of patients or samples.
        classes: the number of each class, or of those with each label, by name.
        overall: entries as in metrics.json, by metric.
        per_class: the same of each class or label.
        positive: the positive class of two; none of more, or of labels.
    """

    name: str
    split: str
    level: str
    number: int
    classes: dict[str, int]
    overall: dict[str, dict]
    per_class: dict[str, dict]
    positive: str | None


def judged(
    paths: Sequence[Path], *, splits: Sequence[str], intervals: bool
) -> list[Judged]:
    """Every split of every source, in their order.

    Args:
        paths: run directories, those of all folds, ensembles, metrics.json files,
            predictions of any origin, or tables of counts.
        splits: those wanted; none = the last that a source has.
        intervals: whether those of files are wanted, which takes longer.

    Raises:
        DataError: a source can't be read, is of numbers, or lacks a split.
    """
    rows = []
    for name, path in zip(names(paths), paths):
        table = table_file.read(path) if _is_table(path) else None
        if table is not None and counts_file.is_counts(table):
            rows.append(_of_counts(name, *counts_file.parse(path, table)))
        else:
            rows += _of_evidence(name, _evidence(path, intervals), splits)
    return rows


def names(paths: Sequence[Path]) -> list[str]:
    """The shortest ends of the paths that tell them apart."""
    parts = [path.absolute().with_suffix("").parts for path in paths]
    parts = [p[:-1] if p[-1] == "metrics" else p for p in parts]
    ends = []
    for number, part in enumerate(parts):
        others = [p for other, p in enumerate(parts) if other != number]
        length = next(
            (
                n
                for n in range(1, len(part))
                if part[-n:] not in {o[-n:] for o in others}
            ),
            None,
        )
        if length is None:
            raise UsageError(f"{paths[number]} is named twice. Name it once")
        ends.append("/".join(part[-length:]))
    return ends


def _is_table(path: Path) -> bool:
    return not path.is_dir() and path.suffix != ".json"


def _evidence(path: Path, intervals: bool) -> dict:
    """Of the main target."""
    if _is_table(path):
        settings = Settings() if intervals else Settings(bootstrap=200)
        splits = levels_by_split(predictions_file.read(path))
        return evidence.evaluate(splits, Description(), settings)
    repeats.check_none(path)
    if not path.is_dir():
        place = path
    elif cross_validation.is_there(path):
        place = cross_validation.opened(path).summary_path / "metrics.json"
    else:
        place = path / "metrics.json"
    if not place.is_file():
        raise DataError(
            f"{path} has not been judged: it has no {place.name}. Judge it first: "
            f"python -m zoo.evaluate {path}"
        )
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(
            f"{place} is damaged ({error}). Renew it: python -m zoo.evaluate {path}"
        ) from error


def _of_evidence(name: str, result: dict, splits: Sequence[str]) -> list[Judged]:
    if "columns" in result:
        raise DataError(
            f"{name} predicts numbers, and these tables are for classes and labels. "
            "Its numbers are in metrics.json"
        )
    level = shown_level(result)
    rows = []
    for split in splits or [*result["splits"]][-1:]:
        if split not in result["splits"]:
            there = ", ".join(result["splits"])
            raise DataError(f"{name} has no {split} split. It has {there}")
        rows.append(of_metrics(name, result, split, level))
    return rows


def of_metrics(
    name: str, result: dict, split: str, level: str, metrics: dict | None = None
) -> Judged:
    """One split of what metrics.json holds.

    Args:
        result: all that it holds, of classes or labels.
        metrics: of some of the split's patients alone, such as a subgroup; none = of
            all of them.
    """
    metrics = metrics or result["splits"][split][level]
    labels = "per_label" in metrics
    shown = metrics if labels else _with_counts(metrics, tuple(result["classes"]))
    per_class = shown["per_label" if labels else "per_class"]
    return Judged(
        name=name,
        split=split,
        level=level,
        number=metrics["samples"],
        classes={title: row["with"] for title, row in per_class.items()}
        if labels
        else metrics["samples_per_class"],
        overall=shown,
        per_class=per_class,
        positive=result.get("positive_class"),
    )


def _with_counts(metrics: dict, classes: tuple[str, ...]) -> dict:
    """With what follows from the counts, which older files do not have."""
    counted = measure_counts(np.array(metrics["confusion"]), classes)
    per_class = {
        name: _entries(counted.per_class[c]) | metrics["per_class"][name]
        for c, name in enumerate(classes)
    }
    return {**_entries(counted.overall), **metrics, "per_class": per_class}


def _of_counts(name: str, classes: tuple[str, ...], counts: np.ndarray) -> Judged:
    metrics = measure_counts(counts, classes)
    return Judged(
        name=name,
        split="",
        level="",
        number=int(counts.sum()),
        classes=dict(zip(classes, counts.sum(axis=1).tolist())),
        overall=_entries(metrics.overall),
        per_class={c: _entries(m) for c, m in zip(classes, metrics.per_class)},
        positive=classes[1] if len(classes) == 2 else None,
    )


def _entries(measures: dict) -> dict[str, dict]:
    return {
        name: {
            "value": None if measure.reason else measure.value,
            "reason": measure.reason,
            "intervals": {},
        }
        for name, measure in measures.items()
    }
