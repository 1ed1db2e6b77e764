"""The outputs of a model as predictions of one target, and as features."""

from collections.abc import Mapping

import numpy as np

from zoo.evaluation.predictions.predictions import Predictions
from zoo.runs.features import Features
from zoo.targets.target_output import TargetOutput
from zoo.training.loop.inference import ModelOutputs


def collect(
    model_outputs: Mapping[str, ModelOutputs],
    target_output: TargetOutput,
    fold: str | None,
) -> Predictions:
    """The answers of all splits, one after the other.

    Samples whose truth is not known at all are left out: they show nothing.

    Args:
        model_outputs: by split.
        fold: of the run.
    """
    splits = np.repeat(
        list(model_outputs), [len(part.target) for part in model_outputs.values()]
    )
    parts = list(model_outputs.values())
    truth = target_output.values_of(np.concatenate([part.target for part in parts]))
    known = np.flatnonzero(~np.isnan(truth).all(axis=1))
    samples = [name for part in parts for name in part.sample_id]
    patients = [name for part in parts for name in part.patient_id]

    def output(name: str) -> np.ndarray:
        whole = np.concatenate(
            [part.outputs[name + target_output.suffix] for part in parts]
        )
        return whole[known]

    kind = target_output.kind
    return Predictions(
        sample_id=tuple(samples[i] for i in known),
        patient_id=tuple(patients[i] for i in known),
        split=tuple(splits[known].tolist()),
        fold=(fold or "",) * len(known),
        kind=kind,
        names=target_output.names,
        truth=truth[known],
        outputs={word: output(name) for word, name in kind.outputs.items()},
    )


def collect_features(model_outputs: Mapping[str, ModelOutputs]) -> Features:
    """The features of all samples of all splits, one split after the other.

    Args:
        model_outputs: by split, with the model's output `features`.
    """
    parts = list(model_outputs.values())
    return Features(
        sample_id=tuple(name for part in parts for name in part.sample_id),
        split=tuple(
            split
            for split, part in model_outputs.items()
            for _ in range(len(part.sample_id))
        ),
        features=np.concatenate([part.outputs["features"] for part in parts]),
    )
