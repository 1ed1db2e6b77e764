"""Computes what a run takes from its training split alone."""

from collections.abc import Sequence

import numpy as np

from pipelines.cohort.roles import roles
from pipelines.covariates import encoding
from pipelines.covariates.encoding import NO_COVARIATES, Encoding
from pipelines.records.data_set import DataSet, read_manifest
from zoo.recipe import Recipe
from zoo.standards import Standards


def standards(data: DataSet, recipe: Recipe, fold: str | None) -> Standards:
    """Of the samples that train in a run with that fold, and of no other.

    Raises:
        UsageError: a covariate that the data set has not, or a fold.
        DataError: a covariate that no training sample knows.
    """
    return Standards(encoding=encoded(data, recipe.head.covariates, fold))


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
