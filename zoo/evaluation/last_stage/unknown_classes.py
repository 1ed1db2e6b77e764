"""What runs answer of samples of the classes that were held out of their training."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.last_stage.sample_outputs import outputs_of
from zoo.evaluation.last_stage.stage import LastStage, answer, decide
from zoo.evaluation.last_stage.staged import StagedPredictions
from zoo.evaluation.predictions import unknown_file
from zoo.evaluation.predictions.predictions import Predictions, of_split
from zoo.evaluation.predictions.unknown_file import UnknownPredictions
from zoo.evaluation.rejection import rule_fit
from zoo.evaluation.rejection.rules import FEATURES, RULES
from zoo.runs.run import Run


@dataclass(frozen=True, kw_only=True, eq=False)
class UnknownAnswers:
    """M samples of no known class, or that many patients' of one class.

    Args:
        patient_id, unknown_class: M each.
        label: index of the class that is answered where it is not unknown, int `[M]`.
        score: how known a sample looks, `[M]`.
        is_unknown: bool `[M]`.
    """

    patient_id: tuple[str, ...]
    unknown_class: tuple[str, ...]
    label: np.ndarray
    score: np.ndarray
    is_unknown: np.ndarray

    def __len__(self) -> int:
        return len(self.patient_id)


def read(run: Run) -> UnknownPredictions | None:
    """Its unknown.csv; none of a run that knows all classes.

    Raises:
        DataError: the file is missing or damaged.
    """
    target = run.task.target
    if not target.held_out_classes:
        return None
    return unknown_file.read(run.unknown_path, target.classes, target.held_out_classes)


def of_runs(
    runs: Sequence[Run],
    stages: Sequence[LastStage],
    parts: Sequence[UnknownPredictions],
    *,
    level: str,
) -> UnknownAnswers:
    """What runs answer together of the same samples; of one run what it answers.

    Args:
        stages: of the runs; none = the largest probability is the score, and nothing
            is called unknown.
        level: `"sample"`, or `"patient"`: the means of those samples of a patient that
            are of one class.

    Raises:
        DataError: the runs answer different samples, or features are missing.
    """
    first = parts[0]
    if any(part.sample_id != first.sample_id for part in parts):
        raise DataError(
            "these runs hold out different samples: "
            f"{', '.join(str(run.unknown_path) for run in runs)}"
        )
    if stages:
        each = [
            outputs_of(run, part, stage.needs)
            for run, part, stage in zip(runs, parts, stages, strict=True)
        ]
        answered = answer(stages, each, [1.0] * len(runs))
        probabilities, event = answered.probabilities, stages[0].event
        threshold, score = answered.threshold, answered.score
        is_unknown = answered.is_unknown
    else:
        probabilities = np.mean([part.probabilities for part in parts], axis=0)
        event = threshold = None
        score = probabilities.max(axis=1)
        is_unknown = np.zeros(len(first), bool)
    index, rows = _groups(first, level)
    counts = np.bincount(index, minlength=len(rows))

    def mean(values: np.ndarray) -> np.ndarray:
        return np.bincount(index, weights=values, minlength=len(rows)) / counts

    means = np.stack([mean(column) for column in probabilities.T], axis=1)
    of_rows = None if threshold is None else threshold[rows]
    return UnknownAnswers(
        patient_id=tuple(first.patient_id[row] for row in rows),
        unknown_class=tuple(first.unknown_class[row] for row in rows),
        label=decide(means, event, of_rows),
        score=mean(score),
        is_unknown=mean(is_unknown) >= 0.5,
    )


def _groups(
    predictions: UnknownPredictions, level: str
) -> tuple[np.ndarray, np.ndarray]:
    """Group of each sample `[M]`, and the first sample of each group."""
    if level == "sample":
        rows = np.arange(len(predictions))
        return rows, rows
    pairs = [*zip(predictions.patient_id, predictions.unknown_class)]
    places = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
    index = np.array([places[pair] for pair in pairs], int)
    return index, np.unique(index, return_index=True)[1]


def joined(parts: Sequence[UnknownAnswers]) -> UnknownAnswers:
    """One after the other."""
    return UnknownAnswers(
        patient_id=sum((part.patient_id for part in parts), ()),
        unknown_class=sum((part.unknown_class for part in parts), ()),
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("label", "score", "is_unknown")
        },
    )


def unstaged(predictions: Predictions) -> StagedPredictions:
    """Samples as the network alone answers them: none of them is unknown."""
    return StagedPredictions(
        before=predictions,
        after=predictions,
        event=None,
        threshold=None,
        score=predictions.probabilities.max(axis=1),
        is_unknown=np.zeros(len(predictions), bool),
    )


def scores_by_rule(
    run: Run, predictions: Predictions, split: str, unknown: UnknownPredictions
) -> dict[str, tuple[np.ndarray, np.ndarray] | str]:
    """Scores of every reject rule, without scaling; or why a rule has none.

    Args:
        predictions: of all splits of the run.
        split: whose samples are scored.
        unknown: of the same split.
    Returns:
        By rule the scores of the known samples `[N]` and of the unknown ones `[M]`.
    """
    train = of_split(predictions, "train")
    scores: dict[str, tuple[np.ndarray, np.ndarray] | str] = {}
    for name in RULES:
        try:
            features = None
            if FEATURES in RULES[name].needs:
                features = outputs_of(run, train, (FEATURES,))[FEATURES]
            rule = rule_fit.unthresholded(
                name, features, train.label, len(predictions.names)
            )
            scores[name] = tuple(
                rule.scores(part.probabilities, outputs_of(run, part, rule.needs))
                for part in (of_split(predictions, split), unknown)
            )
        except DataError as error:
            scores[name] = str(error)
    return scores
