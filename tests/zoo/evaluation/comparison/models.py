"""Predictions of several models for the same patients, made without any training."""

import dataclasses

import numpy as np

from tests.zoo.evaluation.cohorts import cohort, softmax


def other_model(predictions, seed, noise=1.0):
    """As the model, with noise of its own on the logits."""
    draw = np.random.default_rng(seed)
    logits = predictions.outputs["logit"]
    logits = logits + noise * draw.normal(size=logits.shape)
    return dataclasses.replace(
        predictions, outputs={"prob": softmax(logits), "logit": logits}
    )


def pair(patients=30, classes=("well", "ill"), *, signal=1.0, seed=0, **options):
    """Two models on the same patients."""
    first = cohort(patients, classes, signal=signal, seed=seed, **options)
    return first, other_model(first, seed + 1)


def in_folds(predictions, folds):
    """Patients dealt into folds, class by class."""
    classes = len(predictions.names)
    patients = np.unique(predictions.patient_id, return_inverse=True)[1]
    return dataclasses.replace(
        predictions, fold=tuple(str(p // classes % folds) for p in patients)
    )


def relabelled(predictions, seed):
    """Samples of a patient in any class, as lesions of one patient are."""
    draw = np.random.default_rng(seed)
    label = draw.integers(len(predictions.names), size=len(predictions))
    return dataclasses.replace(predictions, truth=label[:, None].astype(float))
