"""The last stage of a model, as it is applied: NumPy alone.

Probabilities are scaled, the label follows the operating point, a sample of which too
little is known is unknown, and a set holds the classes that can't be left out.
`zoo.predict` and `zoo.evaluate` both call `answer`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.calibration.scaling import Scaling
from zoo.evaluation.decisions.operating_point import OperatingPoint
from zoo.evaluation.last_stage import class_sets
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.rejection import conformal
from zoo.evaluation.rejection.rules import RejectRule

PROBABILITIES = "probabilities"
Outputs = Mapping[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class FittedOn:
    """The samples that a stage was fitted on.

    Args:
        samples, patients: how many.
        samples_per_class: by the name of the class.
    """

    samples: int
    patients: int
    samples_per_class: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class LastStage:
    """What stands between a network's probabilities and its answer.

    Args:
        classes: K names, in the order of the index.
        scaling: of the probabilities.
        operating_point: that the label follows; none = the most probable class.
        reject: rule by which a sample is unknown; none = every sample is known.
        sets: of classes, beside the label; none = there are no sets.
        model_sha256: of the model file that it was fitted to.
        fitted_on: of the validation split.
    """

    classes: tuple[str, ...]
    scaling: Scaling
    operating_point: OperatingPoint | None = None
    reject: RejectRule | None = None
    sets: ClassSets | None = None
    model_sha256: str
    fitted_on: FittedOn

    def __post_init__(self):
        point = self.operating_point
        if point is not None and not {*point.event} < {*self.classes}:
            raise DataError(
                f"the operating point's event is some of the classes {self.classes}. "
                f"Received: {point.event}"
            )
        if self.sets is not None and len(self.sets.lowest) != len(self.classes):
            raise DataError(
                f"sets have a threshold for each of the classes {self.classes}. "
                f"Received: {self.sets.lowest}"
            )

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the outputs that it looks at, beside the probabilities."""
        return () if self.reject is None else self.reject.needs

    @property
    def too_few(self) -> tuple[str, ...]:
        """Classes that are in every set, since the validation samples are too few."""
        if self.sets is None:
            return ()
        needed = conformal.samples_needed(self.sets.level)
        counts = self.fitted_on.samples_per_class
        return tuple(name for name in self.classes if counts.get(name, 0) < needed)

    @property
    def event(self) -> np.ndarray | None:
        """Whether each class belongs to the operating point's event, bool `[K]`."""
        if self.operating_point is None:
            return None
        return np.isin(self.classes, self.operating_point.event)


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a model with a last stage says of N samples.

    Args:
        probabilities: calibrated, float64 `[N, K]`.
        uncalibrated: as the network, or the mean of several, gives them `[N, K]`.
        label: class index, int `[N]`.
        threshold: of the event's probability, `[N]`; none without operating point.
        score: how known a sample looks, by the reject rule, `[N]`; without one the
            largest calibrated probability.
        is_unknown: bool `[N]`.
        sets: whether each class is in each sample's set, bool `[N, K]`; none = there
            are no sets.
    """

    probabilities: np.ndarray
    uncalibrated: np.ndarray
    label: np.ndarray
    threshold: np.ndarray | None
    score: np.ndarray
    is_unknown: np.ndarray
    sets: np.ndarray | None


def answer(
    stages: Sequence[LastStage], each: Sequence[Outputs], weights: Sequence[float]
) -> Answer:
    """What networks together say, each with a stage of its own.

    Probabilities are the mean of the calibrated ones, the threshold the mean of the
    thresholds, the score the mean of the scores. A sample is unknown where networks of
    half the weight or more say so, and a class is in the set where it is in the sets of
    networks of half the weight or more.

    Args:
        stages: of the networks.
        each: outputs of the networks by name, `probabilities` `[N, K]` and what the
            stage needs.
        weights: of the networks, positive.

    Raises:
        DataError: the stages have different classes, events, rules or levels of sets.
    """
    check_alike(stages)
    shares = np.asarray(weights, np.float64) / np.sum(weights)
    calibrated = [
        stage.scaling.calibrated(outputs[PROBABILITIES])
        for stage, outputs in zip(stages, each, strict=True)
    ]
    scores = [
        _scores(stage, probabilities, outputs)
        for stage, probabilities, outputs in zip(stages, calibrated, each)
    ]
    unknown = [
        scored < (-np.inf if stage.reject is None else stage.reject.threshold)
        for stage, scored in zip(stages, scores)
    ]
    together = _mean(calibrated, shares)
    uncalibrated = [np.asarray(o[PROBABILITIES], np.float64) for o in each]
    threshold = None
    if stages[0].operating_point is not None:
        points = [stage.operating_point.threshold for stage in stages]
        threshold = np.full(len(together), np.dot(points, shares))
    sets = None
    if stages[0].sets is not None:
        own = [stage.sets.of(o[PROBABILITIES]) for stage, o in zip(stages, each)]
        sets = class_sets.merged(own, weights)
    return Answer(
        probabilities=together,
        uncalibrated=_mean(uncalibrated, shares),
        label=decide(together, stages[0].event, threshold),
        threshold=threshold,
        score=_mean(scores, shares),
        is_unknown=2 * np.tensordot(weights, unknown, axes=1) >= np.sum(weights),
        sets=sets,
    )


def decide(
    probabilities: np.ndarray, event: np.ndarray | None, threshold: np.ndarray | None
) -> np.ndarray:
    """Class indices, int `[N]`: the most probable, of equal ones the first.

    With a threshold the most probable of the event's classes from the threshold on,
    else the most probable of the others.

    Args:
        probabilities: calibrated, `[N, K]`.
        event: whether each class belongs to it, bool `[K]`; none = no threshold.
        threshold: of the event's probability, `[N]`.
    """
    if event is None:
        return np.argmax(probabilities, axis=1)
    called = event_score(probabilities, event) >= threshold
    open_to = np.where(called[:, None], event, ~event)
    return np.argmax(np.where(open_to, probabilities, -1), axis=1)


def event_score(probabilities: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Probability of an event, `[N]`: the sum over its classes, bool `[K]`."""
    return probabilities[:, event].sum(axis=1)


def check_alike(stages: Sequence[LastStage]) -> None:
    """Raises a DataError for stages of which no one answer can be made."""

    def kind(stage: LastStage) -> tuple:
        point = stage.operating_point
        return (
            stage.classes,
            None if point is None else point.event,
            type(stage.reject),
            None if stage.sets is None else stage.sets.level,
        )

    if len({kind(stage) for stage in stages}) != 1:
        raise DataError(
            "the last stages of these networks have different classes, events or "
            "reject rules, or sets of other levels. Fit them alike: python -m "
            "zoo.calibrate with the directory of all folds"
        )


def _scores(stage: LastStage, calibrated: np.ndarray, outputs: Outputs) -> np.ndarray:
    if stage.reject is None:
        return calibrated.max(axis=1)
    return stage.reject.scores(calibrated, outputs)


def _mean(arrays: Sequence[np.ndarray], shares: np.ndarray) -> np.ndarray:
    if len(arrays) == 1:
        return np.asarray(arrays[0])
    return np.tensordot(shares, np.stack(arrays).astype(np.float64), axes=1)
