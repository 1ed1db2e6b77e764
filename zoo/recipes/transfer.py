"""How pretrained weights are trained on: the transfer part of a recipe."""

import math
from dataclasses import dataclass
from typing import Literal

from zoo.recipes import limits
from zoo.recipes.limits import Interval

ALL = "all"
NONE = "none"
_LIMITS = {
    "epochs": limits.COUNT,
    "rates": Interval(first=1e-6, last=1000),
    "first_rate": Interval(first=1e-6, last=1),
    "batch_normalisation_momentum": limits.PROPER_SHARE,
}


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """What of the backbone is trained when, at what rate, and how it normalises.

    Training may go in stages: the head first, then more and more from the top (gradual
    unfreezing; Howard and Ruder, 2018). A stage begins with the weights that the one
    before ended with and with an optimizer of its own; schedule, warm-up and patience
    begin anew, and gradients that a stage leaves over are dropped. The best epoch of
    all stages is kept.

    Args:
        frozen: what each stage leaves of the backbone as it is: `"all"`, `"none"`, all
            up to a layer by its name, or up to a share of the depth, `"50%"`. The last
            stage is the main one; empty = one stage that trains everything.
        epochs: at most, of each stage but the last, which has the recipe's own.
        rates: of each stage but the last, what its learning rate is in proportion to
            the recipe's; empty = the same.
        first_rate: what the learning rate of the backbone's first layer is in
            proportion to the head's, e.g. 0.01; from each depth to the next it grows by
            the same factor, and weight decay with it. 1 = all learn alike.
        batch_normalisation: of the backbone. `"train"`: by the batch, and the moving
            statistics that inference uses follow; where a stage leaves a layer as it
            is, also its statistics. `"frozen"`: always by the statistics that came
            with the weights; its scales and shifts stay too. For very small batches.
        batch_normalisation_momentum: of the backbone, what the moving statistics keep
            of themselves at every step; 0 = the architecture's own. Keras' networks
            have 0.99, which follows within some hundred steps: with few steps an epoch
            validation lags behind (a good AUC at an accuracy of chance), and 0.9 or 0.8
            cures it.
    """

    frozen: tuple[str, ...] = ()
    epochs: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    first_rate: float = 1.0
    batch_normalisation: Literal["train", "frozen"] = "train"
    batch_normalisation_momentum: float = 0.0

    def __post_init__(self):
        limits.check(self, "transfer", _LIMITS)
        self._check_stages()
        momentum = self.batch_normalisation_momentum
        if self.batch_normalisation == "frozen" and momentum:
            raise ValueError(
                "statistics that stay as they came have no momentum. Received: "
                f"batch_normalisation='frozen', batch_normalisation_momentum={momentum}"
            )

    def _check_stages(self) -> None:
        for name in self.frozen:
            share_of_depth(name)
        before = max(len(self.frozen) - 1, 0)
        if len(self.epochs) != before or len(self.rates) not in (0, before):
            raise ValueError(
                "transfer wants for every stage but the last a number in epochs and, "
                f"if any, one in rates. Received: frozen={list(self.frozen)}, "
                f"epochs={list(self.epochs)}, rates={list(self.rates)}"
            )

    @property
    def stages(self) -> tuple[str, ...]:
        """What each stage leaves as it is, the main one last."""
        return self.frozen or (NONE,)


def share_of_depth(frozen: str) -> float | None:
    """`"50%"` as 0.5; none for what is no share.

    Raises:
        ValueError: a share that is no number between 0 and 100.
    """
    if not frozen.endswith("%"):
        return None
    try:
        share = float(frozen[:-1]) / 100
    except ValueError:
        share = math.nan
    if not 0 < share < 1:
        raise ValueError(
            "a share of the depth in transfer.frozen is between 0% and 100%, e.g. "
            f"'50%'; 'none' and 'all' stand for the ends. Received: {frozen!r}"
        )
    return share
