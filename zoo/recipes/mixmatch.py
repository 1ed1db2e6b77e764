"""How samples without a label are learned from: the MixMatch part of a recipe."""

import dataclasses
from dataclasses import dataclass

from zoo.recipes import limits
from zoo.recipes.limits import Interval

_LIMITS = {
    "weight": limits.NOT_NEGATIVE,
    "copies": Interval(first=1, last=1000),
    "temperature": Interval(first=1e-3, last=1),
    "alpha": Interval(first=0.01, last=1000),
    "ramp_epochs": limits.COUNT_OR_NONE,
}


@dataclass(frozen=True, kw_only=True)
class MixMatch:
    """Learning from studies without a label too (Berthelot et al., 2019).

    With every batch comes one as large of studies without a label, each augmented in
    several ways. The network guesses their labels: the mean of its answers to the
    copies, sharpened. Labelled and unlabelled samples are then mixed with each other,
    as by MixUp, and learned: the labelled ones by the loss of the recipe, the others by
    the squared error of their probabilities. Wants a data set ingested with
    `missing_label = "keep"`, a target of classes, and augmentation.

    Args:
        weight: of the loss of the unlabelled ones, e.g. 75; 0 = MixMatch is off. The
            one to tune: the paper takes 50 to 250.
        copies: of every unlabelled study in a batch, each augmented anew.
        temperature: of the sharpening: below 1, the smaller the surer; 1 = none.
        alpha: the weights of the mixing are drawn from Beta(alpha, alpha).
        ramp_epochs: over so many, parts of one included, the weight rises from 0 on a
            straight line, for the first guesses are bad.
    """

    weight: float = 0.0
    copies: int = 2
    temperature: float = 0.5
    alpha: float = 0.75
    ramp_epochs: float = 10.0

    def __post_init__(self):
        limits.check(self, "mixmatch", _LIMITS)
        changed = [
            field.name
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default
        ]
        if changed and not self.weight:
            raise ValueError(
                "mixmatch wants a weight, e.g. 75; without one it is off. Received: "
                f"weight=0.0, and another {', '.join(changed)}"
            )

    @property
    def learns(self) -> bool:
        """Whether anything is learned from samples without a label."""
        return self.weight > 0
