"""What a run takes from its training split alone, beside the weights."""

from dataclasses import dataclass

from pipelines.covariates.encoding import NO_COVARIATES, Encoding


@dataclass(frozen=True, kw_only=True)
class Standards:
    """Means, deviations and levels, computed once when the run begins.

    They lie in the run directory, so resuming, evaluation and prediction use the same.

    Args:
        encoding: of the covariates that the network sees.
    """

    encoding: Encoding = NO_COVARIATES


NOTHING = Standards()
