"""How intervals are computed."""

from dataclasses import dataclass

from pipelines.errors import UsageError
from zoo.recipes.recipe import LEAST_RESAMPLES, Recipe

COHORT, CASE_CONTROL = DESIGNS = ("cohort", "case_control")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How intervals are computed.

    Args:
        confidence: level of all intervals.
        bootstrap: resamples of patients.
        seed: of the resampling.
        design: how the study took its patients, see `recipe.Evaluation`.
    """

    confidence: float = 0.95
    bootstrap: int = 2000
    seed: int = 0
    design: str = COHORT

    def __post_init__(self):
        if not 0 < self.confidence < 1 or self.seed < 0:
            raise UsageError(
                "confidence is between 0 and 1, seed 0 or more. "
                f"Received: {self.confidence}, {self.seed}"
            )
        if self.bootstrap < LEAST_RESAMPLES:
            raise UsageError(
                f"the ends of an interval want {LEAST_RESAMPLES} resamples or more. "
                f"Received: bootstrap={self.bootstrap}. The default is 2000"
            )
        if self.design not in DESIGNS:
            raise UsageError(
                f"design is one of {', '.join(DESIGNS)}. Received: {self.design!r}"
            )


def check_new(recipe: Recipe) -> None:
    """Holds the recipe of a new run against what intervals want.

    Raises:
        UsageError: too few resamples.
    """
    if recipe.evaluation.bootstrap < LEAST_RESAMPLES:
        raise UsageError(
            f"evaluation.bootstrap must be {LEAST_RESAMPLES} or more: the ends of an "
            f"interval want as many resamples. Received: {recipe.evaluation.bootstrap}"
        )


def of_recipe(recipe: Recipe) -> Settings:
    """What a recipe says of intervals.

    Runs of before may have asked for fewer resamples than are now wanted; theirs are
    drawn with the least number.
    """
    evaluation = recipe.evaluation
    return Settings(
        confidence=evaluation.confidence,
        bootstrap=max(LEAST_RESAMPLES, evaluation.bootstrap),
        seed=recipe.seed,
        design=evaluation.design,
    )
