"""One row of a comparison: a figure of a model beside that of the reference."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zoo.evaluation.comparison.contributions import Aggregate
from zoo.evaluation.comparison.figures_of_merit import FigureOfMerit
from zoo.evaluation.comparison.inference import Inference
from zoo.evaluation.comparison.mcnemar import Discordance
from zoo.evaluation.results.settings import Settings

Pair = tuple[str, str]  # names of the model and of the reference
Gains = tuple[Pair, Pair]  # of each its gain: the model over the reference


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """What a row holds beside what: two models, or two models' gains.

    Args:
        model, reference: names of sources.
        over: of gains, what the model and what the reference gains over; none = the
            two themselves.
    """

    model: str
    reference: str
    over: Pair | None = None

    @property
    def sides(self) -> tuple[tuple[tuple[int, str], ...], ...]:
        """Weights and sources of what the model's side is, and of the reference's."""
        names = (self.model, self.reference)
        if self.over is None:
            return tuple(((1, name),) for name in names)
        return tuple(((1, name), (-1, base)) for name, base in zip(names, self.over))

    @property
    def terms(self) -> tuple[tuple[int, str], ...]:
        """Weights and sources of the model's side less the reference's."""
        mine, other = self.sides
        return (*mine, *((-weight, name) for weight, name in other))


@dataclass(frozen=True, kw_only=True)
class Margin:
    """What a comparison says of a margin.

    Args:
        size: how much worse may still be called as good, in units of the figure.
        p: one-sided, that the model is worse by the margin or more; none for a reason.
        p_holm: the same, adjusted as the p of the row is.
    """

    size: float
    p: float | None
    p_holm: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """One figure of a model beside that of the reference, or of gains.

    Args:
        figure: and which direction is better.
        model, reference: names of sources.
        over: see `Contrast`.
        value, reference_value: NaN where undefined; of gains the difference to what
            each gains over.
        inference: on value - reference_value.
        bootstrap: likewise, by resamples; none over folds.
        discordance: of proportions, how the calls differ; else none.
        p_holm: adjusted for all rows of the table that have the same unit.
        margin: none where none was asked for.
        folds: how many the row is over, of all repeats; 0 = patients.
    """

    figure: FigureOfMerit
    model: str
    reference: str
    over: Pair | None = None
    value: float
    reference_value: float
    inference: Inference
    bootstrap: Inference | None = None
    discordance: Discordance | None = None
    p_holm: float | None = None
    margin: Margin | None = None
    folds: int = 0

    @property
    def difference(self) -> float:
        """value - reference_value."""
        return self.value - self.reference_value

    @property
    def titles(self) -> Pair:
        """Of the model's side and the reference's, gains as `model over base`."""
        names = (self.model, self.reference)
        if self.over is None:
            return names
        mine, other = (f"{name} over {base}" for name, base in zip(names, self.over))
        return mine, other


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is compared, and how.

    Args:
        pairs: of sources.
        gains: of sources, does the first pair's model gain more?
        figures: of merit.
        settings: confidence, resamples and seed.
        aggregate: over folds, see `contributions.of`.
        margin: none, or of the one figure.
        by_fold: whether the folds' differences are tested too.
    """

    pairs: Sequence[Pair] = ()
    gains: Sequence[Gains] = ()
    figures: Sequence[FigureOfMerit]
    settings: Settings = field(default_factory=Settings)
    aggregate: Aggregate = "pooled"
    margin: float | None = None
    by_fold: bool = False

    @property
    def contrasts(self) -> tuple[Contrast, ...]:
        """What the rows of a figure hold beside what."""
        models = [Contrast(model=a, reference=b) for a, b in self.pairs]
        gains = [
            Contrast(model=mine[0], reference=other[0], over=(mine[1], other[1]))
            for mine, other in self.gains
        ]
        return (*models, *gains)


def margin_of(
    inference: Inference, figure: FigureOfMerit, size: float | None
) -> Margin | None:
    """What the inference on a figure says of a margin, if one was asked for."""
    if size is None:
        return None
    if inference.above is None or inference.below is None:
        return Margin(size=size, p=None)
    larger = figure.objective.sign > 0
    p = inference.above(-size) if larger else inference.below(size)
    return Margin(size=size, p=p)
