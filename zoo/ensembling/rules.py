"""The rules by which members' answers become one.

Each takes probabilities (or numbers) of M members for N samples, `[M, N, K]`, a member
that abstains with NaN, to the answer `[N, K]`; NaN where all abstain. Probabilities
keep the sum 1. The rules `max`, `min`, `median` and `majority` are those of Kittler et
al. (IEEE TPAMI 20, 1998) for classes that are equally frequent beforehand.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.errors import UsageError
from zoo.ensembling import fitting
from zoo.ensembling.fitting import Fitted
from zoo.ensembling.log_odds import features
from zoo.evaluation.predictions.average import weighted_mean
from zoo.targets.kind import TargetKind


def mean(values: np.ndarray, _: Fitted) -> np.ndarray:
    """The plain mean."""
    return weighted_mean(values)


def weighted(values: np.ndarray, fitted: Fitted) -> np.ndarray:
    """The mean by `weights`, see `fitting.weights`."""
    return weighted_mean(values, fitted["weights"])


def largest(values: np.ndarray, _: Fitted) -> np.ndarray:
    """The largest probability of each class, scaled to the sum 1."""
    return _scaled(np.where(np.isnan(values), -np.inf, values).max(axis=0), values)


def smallest(values: np.ndarray, _: Fitted) -> np.ndarray:
    """The smallest of each class, scaled; where all are 0, the mean."""
    return _scaled(np.where(np.isnan(values), np.inf, values).min(axis=0), values)


def median(values: np.ndarray, _: Fitted) -> np.ndarray:
    """The median of each number."""
    answer = np.full(values.shape[1:], np.nan)
    there = ~np.isnan(values).all(axis=(0, 2))
    answer[there] = np.nanmedian(values[:, there], axis=0)
    return answer


def scaled_median(values: np.ndarray, fitted: Fitted) -> np.ndarray:
    """The median probability of each class, scaled; where all are 0, the mean."""
    return _scaled(median(values, fitted), values)


def majority(values: np.ndarray, _: Fitted) -> np.ndarray:
    """Shares of the votes; ties are broken by the mean probability.

    A member votes for its most probable class, of equal ones the first. The mean
    probability counts as one vote more, divided among the classes: `(votes + mean) /
    (members + 1)`. That decides ties and nothing else, for where a class is a vote
    ahead its mean can't be 1 behind.
    """
    there = ~np.isnan(values).any(axis=2)
    chosen = np.nan_to_num(values, nan=-1.0).argmax(axis=2)
    votes = (np.eye(values.shape[2])[chosen] * there[:, :, None]).sum(axis=0)
    return (votes + weighted_mean(values)) / (there.sum(axis=0)[:, None] + 1)


def stacking(values: np.ndarray, fitted: Fitted) -> np.ndarray:
    """What the logistic regression on members' log-odds says, see `fitting`."""
    answer = np.full(values.shape[1:], np.nan)
    there = ~np.isnan(values).all(axis=(0, 2))
    coefficients = np.asarray(fitted["coefficients"])
    scores = features(values[:, there]) @ coefficients.T + fitted["intercepts"]
    if values.shape[2] == 2:
        scores = np.concatenate([np.zeros_like(scores), scores], axis=1)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    answer[there] = shares / shares.sum(axis=1, keepdims=True)
    return answer


def _scaled(shares: np.ndarray, values: np.ndarray) -> np.ndarray:
    """To the sum 1; the mean where there is nothing to scale."""
    average = weighted_mean(values)
    shares = np.where(np.isnan(average), np.nan, shares)
    total = shares.sum(axis=1, keepdims=True)
    scaled = np.divide(shares, total, out=np.full_like(shares, np.nan), where=total > 0)
    return np.where(total > 0, scaled, average)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule.

    Args:
        fit: from values, truth, kind and counts of the validation split to what the
            rule is given; none = nothing is fitted.
        why_not: what stands against the kinds of target that it is not for.
    """

    fit: Callable[..., Fitted] | None = None
    why_not: str = ""


_SCALED = "is scaled to a sum over classes that exclude each other and have no order"
RULES: dict[str, Rule] = {
    "mean": Rule(),
    "weighted": Rule(fit=fitting.weights),
    "max": Rule(why_not=f"the largest probability of each {_SCALED}"),
    "min": Rule(why_not=f"the smallest probability of each {_SCALED}"),
    "median": Rule(why_not="medians are taken of classes without an order, or numbers"),
    "majority": Rule(why_not="a member votes for one class, whatever their order"),
    "stacking": Rule(
        fit=fitting.stacking,
        why_not="its logistic regression is of classes that exclude each other and "
        "have no order",
    ),
}
_ALWAYS = {"mean": mean, "weighted": weighted}
# By the kind of target the rules that suit it, from values and what was fitted to the
# answer.
COMBINE: dict[str, dict[str, Callable[[np.ndarray, Fitted], np.ndarray]]] = {
    "classification": {
        **_ALWAYS,
        "max": largest,
        "min": smallest,
        "median": scaled_median,
        "majority": majority,
        "stacking": stacking,
    },
    "ordinal": _ALWAYS,
    "multilabel": _ALWAYS,
    "regression": {**_ALWAYS, "median": median},
}


def named(name: str) -> Rule:
    """The rule of a name.

    Raises:
        UsageError: there is none.
    """
    if name not in RULES:
        raise UsageError(f"a rule is one of {', '.join(RULES)}. Received: {name!r}")
    return RULES[name]


def check(name: str, kind: TargetKind) -> None:
    """Raises a UsageError where a rule does not suit a kind of target."""
    rule, able = named(name), COMBINE[kind.name]
    if name in able:
        return
    raise UsageError(
        f"the rule {name} is not for a target of kind {kind.name}: {rule.why_not}. "
        f"Take {' or '.join(able)}"
    )
