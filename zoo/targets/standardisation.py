"""What a run takes from its training split alone, beside the weights."""

from dataclasses import dataclass

from pipelines.covariates.encoding import NO_COVARIATES, Encoding


@dataclass(frozen=True, kw_only=True)
class ColumnStatistics:
    """The numbers of one column that are known.

    Args:
        name: of the column.
        mean, deviation: in its units; the deviation is divided by N.
    """

    name: str
    mean: float
    deviation: float


@dataclass(frozen=True, kw_only=True)
class Standards:
    """Means, deviations and levels, computed once when the run begins.

    They lie in the run directory, so resuming, evaluation and prediction use the same.

    Args:
        encoding: of the covariates that the network sees.
        column_statistics: of every column of every target that is standardised, in
            their order.
    """

    encoding: Encoding = NO_COVARIATES
    column_statistics: tuple[ColumnStatistics, ...] = ()


NOTHING = Standards()
