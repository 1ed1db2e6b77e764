"""What a paper says, as a value: which models are compared, and by what."""

from dataclasses import dataclass
from typing import Literal

BASELINE = ":baseline"  # of a run: the regression on its covariates alone


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One `zoo.compare`: what the paper says, tested on the same patients.

    Args:
        name: of the comparison.
        of: first the reference, then what is compared with it: runs, or the regression
            on covariates beside one, `"NAME:baseline"`.
        gains: in the place of `of`: pairs of such, what is begun from and what came of
            it. Does the first pair gain more than each of the others?
        figure: of merit, as of `zoo.compare --figure`.
        split: whose patients; "" = the test split, of folds their summary's.
        claim: in the paper's sense, in words.
        holdout: on the patients set aside, by the mean of the folds' networks.
        fold_mean: the figure is the mean over folds.
    """

    name: str
    of: tuple[str, ...] = ()
    gains: tuple[tuple[str, str], ...] = ()
    figure: str = "auc"
    claim: str
    split: Literal["", "train", "validation", "test"] = ""
    holdout: bool = False
    fold_mean: bool = False

    def __post_init__(self):
        if self.of and self.gains:
            raise ValueError(
                f"compare {self.name!r} is of models or of gains, not of both. "
                f"Received: of = {list(self.of)}, gains = {list(self.gains)}"
            )
        if self.gains and len(self.gains) < 2:
            raise ValueError(
                f"compare {self.name!r} wants two gains or more. "
                f"Received: {' to '.join(self.gains[0])}"
            )
        if not self.gains and len(self.of) < 2:
            raise ValueError(
                f"compare {self.name!r} wants two models or more. "
                f"Received: {', '.join(self.of) or 'none'}"
            )

    @property
    def models(self) -> tuple[str, ...]:
        """All that are compared, in the order of `zoo.compare`."""
        return self.of or tuple(model for gain in self.gains for model in gain)

    @property
    def runs(self) -> tuple[str, ...]:
        """Whose they are."""
        return tuple(model.removesuffix(BASELINE) for model in self.models)
