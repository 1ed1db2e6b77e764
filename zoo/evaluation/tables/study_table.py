"""The tables of a study: class by class, or model by model, as papers print them."""

import io
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.errors import DataError
from pipelines.storage import csv_files
from pipelines.terminal.table import align
from zoo.evaluation.results.metric_text import cell, decimals, title, title_of_class
from zoo.evaluation.tables.judged import Judged

PER_CLASS = (
    *("balanced_accuracy", "sensitivity", "specificity", "ppv", "npv"),
    *("f1", "kappa", "auc"),
)
MODELS = ("accuracy", "f1", "auc", "ppv", "sensitivity", "specificity")
_MODEL_TITLES = {"ppv": "precision", "sensitivity": "recall"}
_OF_CLASSES = ("f1", "ppv", "sensitivity", "specificity")  # not of all together


@dataclass(frozen=True, kw_only=True)
class StudyTable:
    """A table ready to be printed.

    Args:
        header, rows: cells as text.
        notes: what the titles leave open.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def per_class(results: Sequence[Judged], *, digits: int, intervals: bool) -> StudyTable:
    """Every class against the rest, a row each, as of the prostate sequences' paper.

    The column that such tables call accuracy is (sensitivity + specificity) / 2, and
    its title says so. Kappa is that of the 2 x 2 table. AUC is there where scores are.
    """
    show = _shower(digits, intervals)
    metrics = [
        name
        for name in PER_CLASS
        if any(name in row for r in results for row in r.per_class.values())
    ]
    several = len(results) > 1
    rows = []
    for result in results:
        for name, entries in result.per_class.items():
            start = (_set_name(result), name) if several else (name,)
            values = (show(entries.get(metric)) for metric in metrics)
            rows.append((*start, str(result.classes[name]), *values))
    header = ("set", "class") if several else ("class",)
    halves = "the accuracy of a class here is (sensitivity + specificity) / 2"
    return StudyTable(
        header=(*header, "n", *map(title_of_class, metrics)),
        rows=tuple(rows),
        notes=(*_sets(results), "every class against the rest", halves),
    )


def models(results: Sequence[Judged], *, digits: int, intervals: bool) -> StudyTable:
    """Every model a row, as of the NASH paper.

    Of two classes precision, recall, specificity and F1 are those of the positive
    class, of more classes or of labels the means over them.

    Raises:
        DataError: the models are of different classes.
    """
    first = results[0]
    for result in results[1:]:
        same = [*result.classes] == [*first.classes]
        if not same or result.positive != first.positive:
            raise DataError(
                f"{result.name} and {first.name} are of different classes, so their "
                f"figures do not compare. Received: {', '.join(result.classes)} and "
                f"{', '.join(first.classes)}"
            )
    show = _shower(digits, intervals)
    rows = [
        (
            _set_name(result) if _several_splits(results) else result.name,
            str(result.number),
            *(show(_entry(result, metric)) for metric in MODELS),
        )
        for result in results
    ]
    whose = "the means over the classes"
    if first.positive is not None:
        whose = f"those of class {first.positive}"
    notes = [*_sets(results), f"F1, precision, recall and specificity are {whose}"]
    if len({(result.number, *result.classes.values()) for result in results}) > 1:
        notes.append("the models were not tested on the same patients: see n")
    titles = (_MODEL_TITLES.get(name, title(name)) for name in MODELS)
    return StudyTable(
        header=("model", "n", *titles), rows=tuple(rows), notes=tuple(notes)
    )


FORMS: dict[str, Callable[..., StudyTable]] = {"per_class": per_class, "models": models}


def _entry(result: Judged, metric: str) -> dict | None:
    """Of the positive class of two; else of all, or the mean over the classes."""
    if metric not in _OF_CLASSES:
        return result.overall.get(metric)
    if result.positive is not None:
        return result.per_class[result.positive][metric]
    values = [entries[metric]["value"] for entries in result.per_class.values()]
    mean = None if None in values else statistics.fmean(values)
    return {"value": mean, "intervals": {}}


def _shower(digits: int, intervals: bool) -> Callable[[dict | None], str]:
    def show(entry: dict | None) -> str:
        if entry is None:
            return "-"
        if not intervals:
            entry = {**entry, "intervals": {}}
        return cell(entry, lambda value: decimals(value, digits))

    return show


def _set_name(result: Judged) -> str:
    return f"{result.name} {result.split}".strip()


def _several_splits(results: Sequence[Judged]) -> bool:
    return len({result.split for result in results}) > 1


def _sets(results: Sequence[Judged]) -> list[str]:
    """Split and level, where all sets share them."""
    sets = {(result.split, result.level) for result in results}
    if len(sets) > 1:
        return []
    ((split, level),) = sets
    return [f"{split} split, by {level}"] if split else ["from counts"]


def text(table: StudyTable) -> str:
    """For the terminal."""
    notes = "\n".join(f"note: {note}" for note in table.notes)
    return f"{align([table.header, *table.rows])}\n\n{notes}"


def csv(table: StudyTable) -> str:
    """For a spreadsheet; the notes are not in it."""
    return csv_files.to_text_for_people(table.header, table.rows)


def markdown(table: StudyTable) -> str:
    """With the notes below."""
    text = io.StringIO()
    for cells in (table.header, ("---",) * len(table.header), *table.rows):
        shown = (cell.replace("|", "\\|") for cell in cells)
        text.write(f"| {' | '.join(shown)} |\n")
    text.write("\n" + "; ".join(table.notes) + "\n")
    return text.getvalue()


WRITERS: dict[str, Callable[[StudyTable], str]] = {".csv": csv, ".md": markdown}
