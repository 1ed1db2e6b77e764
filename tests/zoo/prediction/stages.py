"""Last stages for the runs of `tests.zoo.prediction.networks`."""

import numpy as np

from zoo.evaluation.calibration.scaling import TemperatureScaling
from zoo.evaluation.decisions.operating_point import OperatingPoint
from zoo.evaluation.last_stage import stage_file
from zoo.evaluation.last_stage.stage import FittedOn, LastStage
from zoo.evaluation.rejection import rule_fit
from zoo.prediction import predictor


def write(run, *, scaling=None, temperature=2.0, threshold=0.5, **parts):
    """Gives a run a stage; `threshold` of its second class, none = the most probable.

    Without a `scaling` it is that by temperature.
    """
    point = None
    if threshold is not None:
        point = OperatingPoint(
            rule=f"threshold={threshold:g}",
            event=(run.classes[1],),
            threshold=threshold,
            sensitivity=1,
            specificity=1,
        )
    stage = LastStage(
        classes=run.classes,
        scaling=scaling or TemperatureScaling(temperature=temperature),
        operating_point=point,
        **parts,
        model_sha256=stage_file.model_digest(run),
        fitted_on=FittedOn(
            samples=20, patients=15, samples_per_class=dict.fromkeys(run.classes, 10)
        ),
    )
    stage_file.write(run.last_stage_path, stage)
    return stage


def dividing(run, records, *, scaling=None, reject="largest", sets=None):
    """Likewise, so that some of these records are the event and some are unknown."""
    bare = predictor.load(run.path, with_stage=False)
    features = np.stack(
        [bare.predict_each(record)[""]["features"] for record in records]
    )
    noise = np.random.default_rng(0).normal(size=(12, features.shape[1]))
    around = np.concatenate([features, features[0] + noise])
    rule = rule_fit.unthresholded(reject, around, np.arange(len(around)) % 2, 2)
    write(run, scaling=scaling, threshold=0.5, reject=rule)
    answered = predictor.load(run.path).answer_records(records)
    shares = np.sort(answered["probabilities"][:, 1].astype(np.float64))
    scores = np.sort(answered["score"].astype(np.float64))
    known = rule_fit.RejectRequest(name=reject, threshold=float(np.mean(scores[:2])))
    return write(
        run,
        scaling=scaling,
        threshold=float(np.mean(shares[:2])),
        reject=rule_fit.with_threshold(rule, known, scores),
        sets=sets,
    )
