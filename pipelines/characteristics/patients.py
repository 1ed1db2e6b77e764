"""The patients of a data set: their columns, classes and splits."""

import math
from collections.abc import Sequence

import numpy as np

from pipelines.characteristics.columns import Column, by_patient, columns_of
from pipelines.characteristics.covariate_file import CovariateFile
from pipelines.errors import UsageError
from pipelines.records.manifest import Row
from pipelines.tasks.task import Task

CLASS, SPLIT = "class", "split"


def patient_columns(
    rows: Sequence[Row], task: Task, more: CovariateFile | None = None
) -> dict[str, Column]:
    """Class, split, covariates and header facts, one value a patient.

    `class` is there where a sample has one class of several; `split` is the group of
    shards, with its fold or site where there is one.

    Args:
        more: a table whose columns come in, and in the place of those of their name.
    """
    columns = {}
    if task.target.is_single_label:
        columns[CLASS] = classes_of(rows, task)
    columns[SPLIT] = splits_of(rows)
    columns |= columns_of(rows, task)
    patient_ids = [row.patient_id for row in rows]
    if more is not None:
        sample_ids = [row.sample_id for row in rows]
        for name in more.columns:
            columns[name] = more.of(
                name, sample_ids=sample_ids, patient_ids=patient_ids
            )
    return {name: by_patient(column, patient_ids) for name, column in columns.items()}


def classes_of(rows: Sequence[Row], task: Task) -> Column:
    """The class of every sample of a target of one class each."""
    values = [row.target[0] if row.target else math.nan for row in rows]
    return Column(
        name=CLASS, values=np.array(values, np.float64), levels=task.target.classes
    )


def splits_of(rows: Sequence[Row]) -> Column:
    """The group of shards that every sample lies in, train before the others."""
    order = {"train": 0, "validation": 1, "test": 2}
    groups = {row.group for row in rows}
    levels = sorted(groups, key=lambda group: (order.get(group, 3), group))
    place = {level: float(number) for number, level in enumerate(levels)}
    values = np.array([place[row.group] for row in rows])
    return Column(name=SPLIT, values=values, levels=tuple(levels))


def chosen(columns: dict[str, Column], names: Sequence[str]) -> list[Column]:
    """The columns of these names, which make groups.

    Raises:
        UsageError: no such column, or one of numbers.
    """
    for name in names:
        if name not in columns:
            raise UsageError(f"--by is one of {', '.join(columns)}. Received: {name!r}")
        if not columns[name].levels:
            raise UsageError(
                f"--by wants categories, and {name} is a number or nowhere known. "
                "Name another column"
            )
    return [columns[name] for name in names]
