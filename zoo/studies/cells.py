"""What our runs reached, for the cells of a paper's table."""

import statistics
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError
from zoo.evaluation.results import metric_text
from zoo.evaluation.results.shown import preferred
from zoo.evaluation.tables import judged
from zoo.evaluation.tables.judged import Judged
from zoo.runs import cross_validation, json_objects
from zoo.studies import columns, number_figures, subgroup_figures
from zoo.studies.table import Row, Table

_NOT_THERE = {"value": None, "intervals": {}}  # kappa of labels, and the like


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One figure of ours.

    Args:
        value: none = undefined, or not made.
        low, high: of its interval, none = there is none.
        sd: over folds, of a mean of them.
        text: for people.
        number: of patients (or images) that it is on.
        level: patient or sample.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    text: str = "-"
    number: int = 0
    level: str = ""


def cells(table: Table, row: Row, run: Path) -> tuple[Cell, ...]:
    """Ours for each column of a row.

    Args:
        run: the directory of the run, of all folds, or of the ensemble; of a row of
            some patients that of their evaluation.

    Raises:
        DataError: the run lacks the split or the class.
    """
    folds = table.aggregate == "fold_mean" and cross_validation.is_there(run)
    made = []
    for column in table.columns:
        split, metric = columns.parse(column)
        split = split or row.split
        measure = _mean_of_folds if folds else _of_all
        if row.by:
            made.append(_of_group(run, split, metric, row))
            continue
        made.append(measure(run, split, metric, row.of_class))
    return tuple(made)


def _of_all(run: Path, split: str, metric: str, of_class: str) -> Cell:
    """With the interval that covers best."""
    if metric in columns.OF_NUMBERS:
        of = number_figures.read(_place(run, split), split, metric)
        return _cell(of.entry, of.number, of.level)
    (result,) = judged.judged([_place(run, split)], splits=[split], intervals=False)
    entry = _entry(result, metric, of_class)
    return _cell(entry, result.number, result.level)


def _of_group(evaluation: Path, split: str, metric: str, row: Row) -> Cell:
    """Of some of the patients."""
    result = subgroup_figures.read(evaluation, split, row.by, row.group)
    if result is None:
        return Cell(text="no such patients")
    return _cell(_entry(result, metric, row.of_class), result.number, result.level)


def _cell(entry: dict, number: int, level: str) -> Cell:
    interval = (preferred(entry) if entry["value"] is not None else None) or {}
    return Cell(
        value=entry["value"],
        low=interval.get("low"),
        high=interval.get("high"),
        text=metric_text.cell(entry),
        number=number,
        level=level,
    )


def _mean_of_folds(run: Path, split: str, metric: str, of_class: str) -> Cell:
    """With the standard deviation over the folds."""
    runs = [*cross_validation.opened(run).runs]
    if metric in columns.OF_NUMBERS:
        raise DataError(
            f"{run.name}: {metric} is not averaged over folds. Take aggregate = "
            '"pooled" for this table'
        )
    results = judged.judged(runs, splits=[split], intervals=False)
    values = [_entry(result, metric, of_class)["value"] for result in results]
    if None in values:
        return Cell(text=f"- ({values.count(None)} of {len(values)} folds undefined)")
    mean, sd = statistics.fmean(values), statistics.stdev(values)
    numbers = [result.number for result in results]
    return Cell(
        value=mean,
        sd=sd,
        text=f"{metric_text.decimals(mean)} (SD {sd:.3f}, {len(values)} folds)",
        number=numbers[0] if _same_patients(run, split) else sum(numbers),
        level=results[0].level,
    )


def _same_patients(run: Path, split: str) -> bool:
    """Whether every fold is judged on the same patients: those set aside."""
    return split == "test" and cross_validation.opened(run).holdout


def _place(run: Path, split: str) -> Path:
    """Where a split of a run is judged."""
    if not cross_validation.is_there(run):
        return run
    validation = cross_validation.opened(run)
    for folder in (validation.summary_path, validation.holdout_path):
        path = folder / "metrics.json"
        if path.is_file() and split in json_objects.read(path).get("splits", {}):
            return folder
    raise DataError(
        f"{run.name} has no figures of the {split} split of all folds together. Take "
        'aggregate = "fold_mean" for this table'
    )


def _entry(result: Judged, metric: str, of_class: str) -> dict:
    """As in metrics.json; of the positive class of two where it is of one."""
    if of_class:
        if of_class not in result.per_class:
            raise DataError(
                f"{result.name} has no class {of_class!r}. It has "
                f"{', '.join(result.per_class)}"
            )
        return result.per_class[of_class].get(metric, _NOT_THERE)
    if metric not in columns.OF_CLASSES:
        return result.overall.get(metric, _NOT_THERE)
    if result.positive is not None:
        return result.per_class[result.positive][metric]
    values = [entries[metric]["value"] for entries in result.per_class.values()]
    mean = None if None in values else statistics.fmean(values)
    return {"value": mean, "intervals": {}}
