"""Computes what a run takes from its training split alone."""

from collections.abc import Sequence

import numpy as np

from pipelines.covariates import encoding
from pipelines.covariates.encoding import NO_COVARIATES, Encoding
from pipelines.errors import DataError
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.splits.roles import roles
from zoo.recipes.recipe import Recipe
from zoo.targets.standardisation import ColumnStatistics, Standards
from zoo.targets.target_output import outputs_of_task
from zoo.training.data import split_checks

_CONSTANT_BELOW = 1e-9  # share of the mean; a smaller deviation is rounding


def standards(data: DataSet, recipe: Recipe, fold: str | None) -> Standards:
    """Of the samples that train in a run with that fold, and of no other.

    Raises:
        UsageError: a covariate that the data set has not, or a fold.
        DataError: a covariate that no training sample knows, or a target whose
            numbers are all the same, or not known.
    """
    encoding = encoded(data, recipe.head.covariates, fold)
    outputs = outputs_of_task(data.task)
    if not any(output.kind.standardised for output in outputs):
        return Standards(encoding=encoding)
    targets = split_checks.targets(data, fold)["train"]
    statistics = [
        _statistics(name, column)
        for output in outputs
        if output.kind.standardised
        for name, column in zip(
            output.target.columns, output.values_of(targets).T, strict=True
        )
    ]
    return Standards(encoding=encoding, column_statistics=tuple(statistics))


def _statistics(name: str, column: np.ndarray) -> ColumnStatistics:
    known = column[~np.isnan(column)]
    if not known.size or known.std() <= _CONSTANT_BELOW * abs(known.mean()):
        raise DataError(
            f"the train split wants different numbers of the target {name}. Received: "
            f"{known.size} known, {len(np.unique(known))} different. Look at this "
            "column of labels.csv, or ingest with a larger share for training"
        )
    return ColumnStatistics(
        name=name, mean=float(known.mean()), deviation=float(known.std())
    )


def encoded(data: DataSet, names: Sequence[str], fold: str | None) -> Encoding:
    """How covariates become numbers in a run with that fold.

    Raises:
        UsageError, DataError: as `standards`.
    """
    if not names:
        return NO_COVARIATES
    played = roles(data.groups, data.task.split, fold)
    training = [row for row in read_manifest(data) if played[row.group] == "train"]
    values = np.array([row.covariates for row in training], np.float64)
    values = values.reshape(len(training), len(data.task.covariates))
    return encoding.fit(values, data.task, names)
