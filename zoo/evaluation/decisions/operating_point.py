"""The operating point: above which probability of an event a sample is called so."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError, UsageError

RULES = ("youden", "sensitivity", "specificity", "cost", "threshold")
_EXAMPLES = "youden, sensitivity=0.9, specificity=0.9, cost=1:5 or threshold=0.3"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How a threshold is chosen.

    Args:
        name: one of `RULES`.
        value: the sensitivity or specificity wanted, the cost of a false positive
            divided by those of a false positive and a false negative together, or the
            threshold; none of Youden's.
    """

    name: str
    value: float | None = None

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name}={self.value:.6g}"


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """Where a sample is called the event: from this probability on.

    Args:
        rule: as the command line words it.
        event: classes whose probabilities are summed; of grades a grade and those
            above it.
        threshold: of the calibrated probability of the event.
        sensitivity, specificity: on the validation split that chose it.
    """

    rule: str
    event: tuple[str, ...]
    threshold: float
    sensitivity: float
    specificity: float

    def __post_init__(self):
        if not self.event or not 0 <= self.threshold <= 1:
            raise ValueError(
                "an operating point has an event, and a threshold in 0..1. Received: "
                f"{self.event} and {self.threshold}"
            )


def parse(text: str) -> Rule:
    """The rule that the command line words.

    >>> parse("cost=1:4")
    Rule(name='cost', value=0.2)

    Raises:
        UsageError: no such rule, or a number that it can't have.
    """
    name, equals, number = text.partition("=")
    wrong = UsageError(f"--operating-point wants {_EXAMPLES}. Received: {text}")
    if name not in RULES or bool(equals) == (name == "youden"):
        raise wrong
    if name == "youden":
        return Rule(name=name)
    try:
        if name == "cost":
            false_positive, false_negative = map(float, number.split(":"))
            if not min(false_positive, false_negative) > 0:
                raise wrong
            value = false_positive / (false_positive + false_negative)
        else:
            value = float(number)
    except ValueError as error:
        raise wrong from error
    if not 0 < value < 1:
        raise UsageError(
            f"--operating-point {name} is between 0 and 1, without these. "
            f"Received: {text}"
        )
    return Rule(name=name, value=value)


def event_of(
    classes: Sequence[str], name: str | None, *, ordered: bool
) -> tuple[str, ...]:
    """The classes that are called alike by the threshold.

    Args:
        name: one of the classes; none = the second of two.
        ordered: whether they are grades, so that the event is `name` or above.

    Raises:
        UsageError: no such class, the lowest grade, or none where there are more than
            two.
    """
    if name is None and len(classes) == 2:
        name = classes[1]
    if name not in classes:
        known = "none" if name is None else name
        raise UsageError(f"--class is one of {', '.join(classes)}. Received: {known}")
    if not ordered:
        return (name,)
    place = list(classes).index(name)
    if place == 0:
        raise UsageError(
            f"every grade is {name} or above. Name one of "
            f"{', '.join(classes[1:])} by --class"
        )
    return tuple(classes[place:])


def choose(
    rule: Rule, scores: np.ndarray, happened: np.ndarray, event: tuple[str, ...]
) -> OperatingPoint:
    """The operating point that a rule chooses on these samples.

    Youden's is the threshold of the largest sensitivity + specificity - 1 (Youden,
    1950), of equal ones the lowest. A wanted sensitivity gets the highest threshold
    that reaches it, a wanted specificity the lowest. These lie halfway between two
    scores, so rounding moves no sample. Of costs the threshold is cFP / (cFP + cFN),
    which is right for calibrated probabilities (Elkan, 2001).

    Args:
        scores: calibrated probability of the event, `[N]`.
        happened: whether it is true, bool `[N]`.

    Raises:
        DataError: the event is true of all or of none, or no threshold reaches what is
            wanted.
    """
    if happened.all() or not happened.any():
        raise DataError(
            "an operating point wants samples with and without "
            f"{' or '.join(event)} in the validation split. Received: "
            f"{int(happened.sum())} of {len(happened)} with it"
        )
    if rule.name in ("cost", "threshold"):
        threshold = float(rule.value)
    else:
        cuts = _cuts(scores)
        sensitivity, specificity = rates(scores, happened, cuts)
        threshold = float(cuts[_best(rule, sensitivity, specificity)])
    (sensitivity,), (specificity,) = rates(scores, happened, np.array([threshold]))
    return OperatingPoint(
        rule=str(rule),
        event=event,
        threshold=threshold,
        sensitivity=float(sensitivity),
        specificity=float(specificity),
    )


def rates(
    scores: np.ndarray, happened: np.ndarray, thresholds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sensitivity and specificity at thresholds `[T]`, `[T]` each."""
    called = scores[:, None] >= thresholds
    return called[happened].mean(axis=0), (~called[~happened]).mean(axis=0)


def _cuts(scores: np.ndarray) -> np.ndarray:
    """Thresholds that tell the scores apart, rising: the first calls all."""
    distinct = np.unique(scores)
    middles = (distinct[1:] + distinct[:-1]) / 2
    last = [(distinct[-1] + 1) / 2] if distinct[-1] < 1 else []
    return np.concatenate([[0.0], middles, last])


def _best(rule: Rule, sensitivity: np.ndarray, specificity: np.ndarray) -> int:
    if rule.name == "youden":
        return int(np.argmax(np.round(sensitivity + specificity, 12)))
    reached = {"sensitivity": sensitivity, "specificity": specificity}[rule.name]
    places = np.flatnonzero(reached >= rule.value - 1e-12)
    if not places.size:
        raise DataError(
            f"no threshold reaches a {rule.name} of {rule.value:g} in the validation "
            f"split: {reached.max():.3f} is the most. Ask for less"
        )
    return int(places[-1] if rule.name == "sensitivity" else places[0])
