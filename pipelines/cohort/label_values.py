"""The cells of one row of a label file as the numbers of a record."""

import math
from collections.abc import Mapping

from pipelines.errors import StudyError
from pipelines.tables import table_file
from pipelines.tasks.target import Target
from pipelines.tasks.task import Task


def target_numbers(row: Mapping[str, str], line: int, task: Task) -> tuple[float, ...]:
    """The numbers of all targets that come from labels.csv, NaN = not known.

    A class is its index; labels and numbers have one number per column. Of the main
    target something must be known.

    Raises:
        StudyError: `missing_label`, `unknown_class` or `bad_value`.
    """
    where = f"line {line} of the label file"
    numbers: list[float] = []
    for target in task.targets:
        if target.source == "labels":
            numbers += _numbers_of(row, where, target)
    main = task.target
    if main.source == "labels" and all(map(math.isnan, numbers[: main.size])):
        raise StudyError(
            code="missing_label",
            problem=f"its row of the label file (line {line}) has no target",
            cure=f"Fill the columns {', '.join(main.columns)}, take the row out, or "
            'set missing_label = "skip" or "keep" in the task file',
        )
    return tuple(numbers)


def _numbers_of(row: Mapping[str, str], where: str, target: Target) -> list[float]:
    cells = [row.get(column, "") for column in target.columns]
    if target.is_single_label:
        if not cells[0]:
            return [math.nan]
        classes = [table_file.composed(name) for name in target.classes]
        if cells[0] not in classes:
            raise StudyError(
                code="unknown_class",
                problem=f"{where} names no class of the task in {target.columns[0]}",
                cure=f"The classes are {', '.join(target.classes)}",
                private=f"received {cells[0]!r}",
                subject=target.columns[0],
                instead=(repr(cells[0]),),
            )
        return [float(classes.index(cells[0]))]
    numbers = [
        _number(row, where, column) if cell else math.nan
        for column, cell in zip(target.columns, cells)
    ]
    kind = target.label_kind
    if not all(kind.accepts(number) for number in numbers if not math.isnan(number)):
        raise StudyError(
            code="bad_value",
            problem=f"{where} has a target that is not {kind.wanted}",
            cure=f"Write {kind.wanted} in the columns {', '.join(target.columns)}, or "
            "leave empty what is not known",
            private=f"received {', '.join(cells)}",
            subject=", ".join(target.columns),
            instead=(", ".join(cells),),
        )
    return numbers


def covariate_numbers(
    row: Mapping[str, str], where: str, task: Task
) -> tuple[float, ...]:
    """One number per covariate of the task, a level as its index; NaN = not known.

    Args:
        row: cells by column; one that is not there is not known.
        where: it stands, for errors; nothing private.

    Raises:
        StudyError: `bad_value` or `unknown_level`.
    """
    return tuple(_covariate(row, where, column, task) for column in task.covariates)


def _covariate(row: Mapping[str, str], where: str, column: str, task: Task) -> float:
    cell, named = row.get(column, ""), task.covariate_levels.get(column)
    if not cell:
        return math.nan
    if named is None:
        return _number(row, where, column)
    levels = [table_file.composed(name) for name in named]
    if cell not in levels:
        raise StudyError(
            code="unknown_level",
            problem=f"{where} has no level of the covariate {column}",
            cure=f"Write one of {', '.join(levels)}, leave it empty where it is not "
            "known, or add the level to covariate_levels in the task file",
            private=f"received {cell!r}",
            subject=column,
            instead=(repr(cell),),
        )
    return float(levels.index(cell))


def _number(row: Mapping[str, str], where: str, column: str) -> float:
    cell = row[column]
    try:
        number = table_file.number(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise StudyError(
            code="bad_value",
            problem=f"{where} has no number in {column}",
            cure="Write a number with a decimal point, or leave it empty if not known",
            private=f"received {cell!r}",
            subject=column,
            instead=(repr(cell),),
        )
    return number
