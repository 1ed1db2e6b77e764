"""The outputs of a model as predictions of one target, and as features."""

from collections.abc import Mapping

import numpy as np

from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.predictions.unknown_file import UnknownPredictions
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


def collect_unknown(
    model_outputs: Mapping[str, ModelOutputs],
    target_output: TargetOutput,
    fold: str | None,
    class_of: Mapping[str, str],
) -> UnknownPredictions:
    """The answers to samples of classes that are held out, one split after the other.

    Args:
        model_outputs: by split; none = there is no such sample.
        target_output: the main one.
        fold: of the run.
        class_of: each sample's class, by its sample_id.
    """
    parts, kind = list(model_outputs.values()), target_output.kind
    samples = tuple(name for part in parts for name in part.sample_id)
    none = [np.zeros((0, target_output.size))]
    return UnknownPredictions(
        sample_id=samples,
        patient_id=tuple(name for part in parts for name in part.patient_id),
        split=tuple(s for s, part in model_outputs.items() for _ in part.sample_id),
        fold=(fold or "",) * len(samples),
        unknown_class=tuple(class_of[name] for name in samples),
        names=target_output.names,
        outputs={
            word: np.concatenate([part.outputs[name] for part in parts] or none)
            for word, name in kind.outputs.items()
        },
    )


def collect_features(*every: Mapping[str, ModelOutputs]) -> Features:
    """The features of all samples of all splits, one split after the other.

    Args:
        every: by split, with the model's output `features`; of samples that the
            network knows, and of those whose class is held out.
    """
    parts = [part for model_outputs in every for part in model_outputs.values()]
    return Features(
        sample_id=tuple(name for part in parts for name in part.sample_id),
        split=tuple(
            split
            for model_outputs in every
            for split, part in model_outputs.items()
            for _ in range(len(part.sample_id))
        ),
        features=np.concatenate([part.outputs["features"] for part in parts]),
    )
