"""The cells of one row of a label file as the numbers of a record."""

import math
from collections.abc import Mapping

from pipelines.errors import StudyError
from pipelines.task import Task


def target_numbers(row: Mapping[str, str], line: int, task: Task) -> tuple[float, ...]:
    """The target: a class index, or one number per column; empty where the task takes
    it from the name of the sequence.

    Raises:
        StudyError: `missing_label`, `unknown_class` or `bad_value`.
    """
    target = task.target
    if target.source == "sequence":
        return ()
    cells = [row[column] for column in target.columns]
    if not all(cells):
        raise StudyError(
            code="missing_label",
            problem=f"its row of the label file (line {line}) has no target",
            cure=f"Fill the columns {', '.join(target.columns)}, or take the row out",
        )
    if target.kind in ("classification", "ordinal"):
        if cells[0] not in target.classes:
            raise StudyError(
                code="unknown_class",
                problem=f"line {line} of the label file names no class of the task",
                cure=f"The classes are {', '.join(target.classes)}",
                private=f"received {cells[0]!r}",
            )
        return (float(target.classes.index(cells[0])),)
    where = f"line {line} of the label file"
    numbers = tuple(_number(row, where, column) for column in target.columns)
    if target.kind == "multilabel" and not {*numbers} <= {0.0, 1.0}:
        raise StudyError(
            code="bad_value",
            problem=f"{where} has a target that is not 0 or 1",
            cure=f"Write 0 or 1 in the columns {', '.join(target.columns)}",
            private=f"received {', '.join(cells)}",
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
    cell, levels = row.get(column, ""), task.covariate_levels.get(column)
    if not cell:
        return math.nan
    if levels is None:
        return _number(row, where, column)
    if cell not in levels:
        raise StudyError(
            code="unknown_level",
            problem=f"{where} has no level of the covariate {column}",
            cure=f"Write one of {', '.join(levels)}, leave it empty where it is not "
            "known, or add the level to covariate_levels in the task file",
            private=f"received {cell!r}",
        )
    return float(levels.index(cell))


def _number(row: Mapping[str, str], where: str, column: str) -> float:
    cell = row[column]
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise StudyError(
            code="bad_value",
            problem=f"{where} has no number in {column}",
            cure="Write a number with a decimal point, or leave a covariate empty",
            private=f"received {cell!r}",
        )
    return number
