"""Finished runs without a network, and the last stages that they get."""

import numpy as np

from tests.zoo.evaluation.cohorts import make_run, three_splits
from zoo.evaluation.decisions import operating_point
from zoo.evaluation.last_stage import fit, stage_file
from zoo.evaluation.last_stage.request import StageRequest
from zoo.runs import features
from zoo.runs.features import Features


def finished(path, predictions=None, *, model=b"a model", **options):
    """A run whose model file is there, but nothing that loads."""
    predictions = three_splits() if predictions is None else predictions
    run = make_run(path, predictions, **options)
    run.model_path.write_bytes(model)
    return run


def with_features(run, predictions, *, size=6, seed=0):
    """The run with features that tell the classes apart."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(len(predictions), size))
    values[:, 0] += 3 * predictions.label
    features.write(
        run.features_path,
        Features(
            sample_id=predictions.sample_id,
            split=predictions.split,
            features=values.astype(np.float32),
        ),
    )
    return run


def staged(run, *, scaling="temperature", rule="youden", event=("ill",), **parts):
    """The run with a stage, and the stage."""
    request = StageRequest(
        scaling=scaling,
        rule=None if rule is None else operating_point.parse(rule),
        event=() if rule is None else event,
        **parts,
    )
    stage = fit.fit(run, request)
    stage_file.write(run.last_stage_path, stage)
    return stage
