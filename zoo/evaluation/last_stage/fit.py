"""The last stage of a run, fitted on its validation split alone."""

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.calibration import scaling_fit
from zoo.evaluation.decisions import operating_point
from zoo.evaluation.last_stage import class_sets, stage_file
from zoo.evaluation.last_stage.request import StageRequest
from zoo.evaluation.last_stage.sample_outputs import outputs_of
from zoo.evaluation.last_stage.stage import FittedOn, LastStage, event_score
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import check_no_leak
from zoo.evaluation.predictions.predictions import Predictions, of_split
from zoo.evaluation.rejection import rule_fit
from zoo.evaluation.rejection.rule_fit import RejectRequest
from zoo.evaluation.rejection.rules import FEATURES, RejectRule
from zoo.runs.run import Run

_SPLIT = "validation"


def fit(run: Run, request: StageRequest) -> LastStage:
    """Scaling, then operating point and reject rule of what the scaling gives.

    Sets of classes are of the uncalibrated probabilities.

    Every sample counts once, as `zoo.predict` answers samples. A Mahalanobis distance
    alone also looks at the training split, for the means and the covariance of the
    features; its threshold is of the validation split.

    Raises:
        DataError: no validation sample, too few of a class, a wanted rate that can't
            be reached, or no features.
    """
    (main, *_) = run.target_outputs
    predictions = predictions_file.read(run.predictions_path, main.target)
    check_no_leak(predictions)
    validation = of_split(predictions, _SPLIT)
    if not len(validation):
        raise DataError(
            f"{run.path} has no validation predictions, and a last stage is fitted on "
            "these alone. Train with a validation split"
        )
    scaling = scaling_fit.fit(
        request.scaling, validation.probabilities, validation.label, split=_SPLIT
    )
    calibrated = scaling.calibrated(validation.probabilities)
    point = None
    if request.rule is not None:
        event = np.isin(validation.names, request.event)
        point = operating_point.choose(
            request.rule,
            event_score(calibrated, event),
            event[validation.label],
            request.event,
        )
    reject = None
    if request.reject is not None:
        reject = _reject(run, request.reject, predictions, calibrated)
    sets = None
    if request.sets is not None:
        sets = class_sets.fit(validation.probabilities, validation.label, request.sets)
    counts = np.bincount(validation.label, minlength=len(validation.names)).tolist()
    return LastStage(
        classes=run.classes,
        scaling=scaling,
        operating_point=point,
        reject=reject,
        sets=sets,
        model_sha256=stage_file.model_digest(run),
        fitted_on=FittedOn(
            samples=len(validation),
            patients=len(set(validation.patient_id)),
            samples_per_class=dict(zip(validation.names, counts)),
        ),
    )


def _reject(
    run: Run,
    request: RejectRequest,
    predictions: Predictions,
    calibrated: np.ndarray,
) -> RejectRule:
    """The rule, which keeps what is asked for of the validation split.

    Args:
        predictions: of all splits.
        calibrated: probabilities of the validation split.
    """
    features = labels = None
    if request.name == "mahalanobis":
        train = of_split(predictions, "train")
        labels = train.label
        features = outputs_of(run, train, (FEATURES,))[FEATURES]
    rule = rule_fit.unthresholded(
        request.name, features, labels, len(predictions.names)
    )
    outputs = outputs_of(run, of_split(predictions, _SPLIT), rule.needs)
    return rule_fit.with_threshold(rule, request, rule.scores(calibrated, outputs))
