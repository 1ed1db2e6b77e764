"""Covariates of a data set by its splits: are they dealt evenly, where do they lack."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from pipelines.records.manifest import Row
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class CovariateOfGroup:
    """One covariate in one group of a data set.

    Args:
        samples: of the group.
        known: of how many the covariate is.
        levels: samples by level, of a categorical one.
        lowest, mean, highest: of a number; none where none is known.
    """

    samples: int
    known: int
    levels: dict[str, int] = field(default_factory=dict)
    lowest: float | None = None
    mean: float | None = None
    highest: float | None = None


def covariates_by_group(
    rows: Iterable[Row], task: Task
) -> dict[str, dict[str, CovariateOfGroup]]:
    """Every covariate of the task, by name, then by group of the data set."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return {
        name: {
            group: _of_group(
                np.array([row.covariates[place] for row in groups[group]]),
                task.covariate_levels.get(name),
            )
            for group in sorted(groups)
        }
        for place, name in enumerate(task.covariates)
    }


def _of_group(values: np.ndarray, levels: tuple[str, ...] | None) -> CovariateOfGroup:
    """Args: values: `[N]`, NaN = not known, a level as its index."""
    known = values[~np.isnan(values)]
    if levels is not None:
        counts = {name: int(np.sum(known == i)) for i, name in enumerate(levels)}
        return CovariateOfGroup(samples=len(values), known=len(known), levels=counts)
    if not len(known):
        return CovariateOfGroup(samples=len(values), known=0)
    return CovariateOfGroup(
        samples=len(values),
        known=len(known),
        lowest=float(known.min()),
        mean=float(known.mean()),
        highest=float(known.max()),
    )
