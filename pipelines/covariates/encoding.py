"""How the covariates of a run become numbers: what its training split decided."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError, UsageError
from pipelines.tasks.task import Task

_CONSTANT_BELOW = 1e-9  # share of the mean; a smaller deviation is rounding


@dataclass(frozen=True, kw_only=True)
class Covariate:
    """How one covariate becomes numbers: its value, or one 0 or 1 a level; a flag.

    Args:
        levels: of a categorical covariate, in the task's order; empty = a number.
        mean, deviation: of the numbers known in the training split.
    """

    name: str
    levels: tuple[str, ...] = ()
    mean: float = 0.0
    deviation: float = 1.0

    def __post_init__(self):
        if not (np.isfinite(self.mean) and 0 < self.deviation < np.inf):
            raise ValueError(
                "mean is finite and deviation positive. "
                f"Received: {self.mean}, {self.deviation}"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """What each of its numbers is."""
        values = tuple(f"{self.name}={level}" for level in self.levels)
        return (*(values or (self.name,)), f"{self.name} missing")


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How the covariates that a run uses become numbers, in this order.

    It is written into the run directory and read again for every prediction; `encode`
    applies it.
    """

    covariates: tuple[Covariate, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What each of the E numbers of a sample is."""
        return tuple(name for covariate in self.covariates for name in covariate.names)


NO_COVARIATES = Encoding()


def fit(values: np.ndarray, task: Task, names: Sequence[str]) -> Encoding:
    """Means and standard deviations (divided by N) of the training split.

    A number that is the same in the whole training split is only centred.

    Args:
        values: of the training samples alone, as stored: `[N, len(task.covariates)]`,
            NaN = not known.
        names: the covariates wanted, in this order.

    Raises:
        UsageError: a covariate that the task has not, or one twice.
        DataError: a covariate that no training sample knows.
    """
    check_names(task, names)
    return Encoding(
        covariates=tuple(
            _fitted(values[:, task.covariates.index(name)], name, task)
            for name in names
        )
    )


def check_names(task: Task, names: Sequence[str]) -> None:
    """Raises a UsageError for a covariate that the task has not, or one twice."""
    unknown = [name for name in names if name not in task.covariates]
    if unknown or len({*names}) < len(names):
        raise UsageError(
            "covariates are some of those that the data set has, each once: "
            f"{', '.join(task.covariates) or 'it has none'}. "
            f"Received: {', '.join(names)}"
        )


def _fitted(values: np.ndarray, name: str, task: Task) -> Covariate:
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    if not known.size:
        raise DataError(
            f"no sample of the training split knows the covariate {name}, so nothing "
            "can be learned of it. Leave it out, or fill it in and ingest again"
        )
    levels = task.covariate_levels.get(name, ())
    if levels:
        return Covariate(name=name, levels=levels)
    mean, deviation = float(known.mean()), float(known.std())
    varies = deviation > _CONSTANT_BELOW * max(abs(mean), 1e-300)
    return Covariate(name=name, mean=mean, deviation=deviation if varies else 1.0)
