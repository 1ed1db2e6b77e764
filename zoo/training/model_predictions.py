"""A model's answers to the splits as predictions of one target, and as features."""

from collections.abc import Mapping

import numpy as np

from zoo.evaluation.predictions.classes import Predictions
from zoo.evaluation.predictions.columns import Columns
from zoo.evaluation.target_kinds import AnyPredictions
from zoo.runs.features import Features
from zoo.targets.target_output import TargetOutput
from zoo.training.loop.inference import Answers


def collect(
    answers: Mapping[str, Answers], target_output: TargetOutput, fold: str | None
) -> AnyPredictions:
    """The answers of all splits, one after the other.

    Samples whose truth is not known at all are left out: nothing can be judged by them.

    Args:
        answers: by split.
        fold: of the run.
    """
    splits = np.repeat(list(answers), [len(one.target) for one in answers.values()])
    parts = list(answers.values())
    truth = target_output.values_of(np.concatenate([one.target for one in parts]))
    known = np.flatnonzero(~np.isnan(truth).all(axis=1))
    samples = [name for one in parts for name in one.sample_id]
    patients = [name for one in parts for name in one.patient_id]
    ids = {
        "sample_id": tuple(samples[i] for i in known),
        "patient_id": tuple(patients[i] for i in known),
        "split": tuple(splits[known].tolist()),
        "fold": (fold or "",) * len(known),
    }

    def output(name: str) -> np.ndarray:
        whole = np.concatenate(
            [one.outputs[name + target_output.suffix] for one in parts]
        )
        return whole[known]

    kind = target_output.kind
    if not kind.single_label:
        outputs = {word: output(name) for word, name in kind.outputs.items()}
        return Columns(
            **ids, names=target_output.names, truth=truth[known], answers=outputs
        )
    return Predictions(
        **ids,
        label=truth[known, 0].astype(np.int64),
        probabilities=output("probabilities"),
        logits=output("logits"),
        classes=target_output.target.classes,
        ordered=kind.ordered,
    )


def collect_features(answers: Mapping[str, Answers]) -> Features:
    """The features of all samples of all splits, one split after the other.

    Args:
        answers: by split, with the model's output `features`.
    """
    parts = list(answers.values())
    return Features(
        sample_id=tuple(name for part in parts for name in part.sample_id),
        split=tuple(
            split for split, part in answers.items() for _ in range(len(part.sample_id))
        ),
        features=np.concatenate([part.outputs["features"] for part in parts]),
    )
