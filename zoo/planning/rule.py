"""A rule of planning, what it rests on, and which of its candidates is taken."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from zoo.planning.fingerprint import Fingerprint


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What speaks for a candidate.

    Args:
        data: name of the task of the data set that it comes from; empty = a published
            study, or arithmetic.
        patients: that it was trained on; 0 = as many as the data set has.
        figure: an AUC that candidates of one rule are compared by; none = not compared.
        what: was run or read, and by which command or where.
    """

    data: str = ""
    patients: int = 0
    figure: float | None = None
    what: str


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Fields of a recipe, as `zoo.recipes.edit` names them, and what speaks for them.

    Args:
        values: by field; the word `"mirror"` of a flip stands for the axes that the
            user named.
    """

    values: dict[str, Any]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Where a rule holds: where all that is stated does.

    Args:
        patients_from, patients_below: of the smallest training split.
        voxels_from: of a volume.
        smallest_side_below: voxels along the shortest axis.
        depth_is_smallest: whether that axis is the depth.
        foreground: of all channels, see `Fingerprint`.
        imbalance_from, imbalance_below: the largest class to the smallest.
        mirrored: whether the user named axes without sides.
        gpu: whether there is one.
        covariates: whether the data set has some.
    """

    patients_from: int = 0
    patients_below: int | None = None
    voxels_from: int = 0
    smallest_side_below: int | None = None
    depth_is_smallest: bool | None = None
    foreground: Literal["constant", "varied", "any"] = "any"
    imbalance_from: float = 0.0
    imbalance_below: float | None = None
    mirrored: bool | None = None
    gpu: bool | None = None
    covariates: bool | None = None

    def holds(self, facts: Fingerprint, mirror: Collection[str]) -> bool:
        """Whether a data set is such a one, and `mirror` are the axes named."""
        shape = facts.shape
        pairs = (
            (self.depth_is_smallest, shape[0] == min(shape)),
            (self.mirrored, bool(mirror)),
            (self.gpu, facts.device.gpu),
            (self.covariates, bool(facts.covariates)),
        )
        return (
            all(wanted is None or wanted == actual for wanted, actual in pairs)
            and self.foreground in ("any", facts.foreground)
            and facts.voxels >= self.voxels_from
            and _within(facts.patients, self.patients_from, self.patients_below)
            and _within(facts.imbalance, self.imbalance_from, self.imbalance_below)
            and _within(min(shape), 0, self.smallest_side_below)
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What to set where, and why.

    Args:
        why: in a sentence.
        candidates: the first is taken unless another was better.
    """

    name: str
    when: Condition = field(default_factory=Condition)
    why: str
    candidates: tuple[Candidate, ...]

    def __post_init__(self):
        if not self.candidates:
            raise ValueError(f"rule {self.name} wants a candidate. Received: none")
        for candidate in self.candidates:
            if not candidate.evidence:
                raise ValueError(
                    f"rule {self.name}: a candidate wants evidence, be it that nothing "
                    f"was tried. Received: none for {candidate.values}"
                )

    def without(self, data_sets: Collection[str]) -> "Rule | None":
        """The rule as it would be had these data sets never been seen.

        Candidates that rest on nothing else are struck; none = so is the rule.
        """
        left = []
        for candidate in self.candidates:
            evidence = tuple(e for e in candidate.evidence if e.data not in data_sets)
            if evidence:
                left.append(replace(candidate, evidence=evidence))
        return replace(self, candidates=tuple(left)) if left else None

    def choice(self, margin: float) -> Candidate:
        """The first candidate, or one that was better by the margin."""
        chosen = self.candidates[0]
        for candidate in self.candidates[1:]:
            if _gain(candidate, chosen) >= margin:
                chosen = candidate
        return chosen


def _gain(candidate: Candidate, other: Candidate) -> float:
    """Mean difference of figures, of the trials that both had."""
    mine, its = _figures(candidate), _figures(other)
    both = sorted(mine.keys() & its.keys())
    if not both:
        return float("-inf")
    return sum(mine[trial] - its[trial] for trial in both) / len(both)


def _figures(candidate: Candidate) -> dict[tuple[str, int], float]:
    """By data set and patients."""
    return {
        (evidence.data, evidence.patients): evidence.figure
        for evidence in candidate.evidence
        if evidence.figure is not None
    }


def _within(number: float, first: float, below: float | None) -> bool:
    return number >= first and (below is None or number < below)
