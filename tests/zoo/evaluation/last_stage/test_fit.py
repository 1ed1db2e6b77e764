import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from pipelines.tasks.target import Target
from tests.zoo.evaluation.cohorts import cohort, three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished, staged, with_features
from zoo.evaluation.calibration.scaling_fit import fit as fit_scaling
from zoo.evaluation.last_stage import request
from zoo.evaluation.predictions.predictions import of_split, take
from zoo.evaluation.rejection import rule_fit
from zoo.targets.ordinal import ORDINAL


def test_a_stage_is_fitted_on_the_validation_split_alone(tmp_path):
    predictions = three_splits()
    one = staged(finished(tmp_path / "one", predictions))
    kept = [i for i, split in enumerate(predictions.split) if split == "validation"]
    two = staged(finished(tmp_path / "two", take(predictions, kept)))
    assert one == two
    validation = of_split(predictions, "validation")
    scaling = fit_scaling(
        "temperature", validation.probabilities, validation.label, split="validation"
    )
    assert one.scaling.temperature == pytest.approx(scaling.temperature, rel=1e-6)
    assert one.fitted_on.samples == one.fitted_on.patients == 20
    called = scaling.calibrated(validation.probabilities)[:, 1]
    called = called >= one.operating_point.threshold
    ill = validation.label == 1
    assert one.operating_point.sensitivity == called[ill].mean()
    assert one.operating_point.specificity == (~called[~ill]).mean()


def test_grades_at_or_above_one_are_the_event(tmp_path):
    grades = ("I", "II", "III")
    predictions = three_splits(grades, kind=ORDINAL)
    target = Target(kind="ordinal", classes=grades)
    run = finished(tmp_path / "run", predictions, target=target)
    stage = staged(run, rule="threshold=0.5", event=("II", "III"))
    validation = of_split(predictions, "validation")
    happened = validation.label > 0
    calibrated = stage.scaling.calibrated(validation.probabilities)
    called = calibrated[:, 1:].sum(axis=1) >= 0.5
    assert stage.operating_point.sensitivity == called[happened].mean()


def test_a_reject_rule_keeps_what_is_asked_for(tmp_path):
    predictions = three_splits()
    run = with_features(finished(tmp_path / "run", predictions), predictions)
    for name in ("largest", "energy", "mahalanobis"):
        reject = rule_fit.parse([name, "coverage=0.8"])
        stage = staged(run, reject=reject)
        from zoo.evaluation.last_stage.sample_outputs import outputs_of
        from zoo.evaluation.last_stage.stage import answer

        validation = of_split(predictions, "validation")
        outputs = outputs_of(run, validation, stage.needs)
        answered = answer([stage], [outputs], [1.0])
        assert np.mean(~answered.is_unknown) == 0.8


def test_without_validation_patients_there_is_no_stage(tmp_path):
    run = finished(tmp_path / "run", cohort(20))
    with pytest.raises(DataError, match="has no validation predictions"):
        staged(run)


def test_without_features_there_is_no_mahalanobis_distance(tmp_path):
    run = finished(tmp_path / "run")
    reject = rule_fit.parse(["mahalanobis", "coverage=0.8"])
    with pytest.raises(DataError, match="holds no features of a run"):
        staged(run, reject=reject)
    with_features(run, cohort(4, split="train"))
    with pytest.raises(DataError, match="no features of .* sample"):
        staged(run, reject=reject)


def test_numbers_and_grades_are_refused_what_they_cant_have(tmp_path):
    grades = three_splits(("I", "II"), kind=ORDINAL)
    target = Target(kind="ordinal", classes=("I", "II"))
    run = finished(tmp_path / "run", grades, target=target)
    request.check_target(run)
    with pytest.raises(UsageError, match="the energy of grades is 0"):
        request.check_reject(run, rule_fit.parse(["energy", "coverage=0.8"]))


def test_sets_are_fitted_on_what_the_network_says_in_the_validation_split(tmp_path):
    predictions = three_splits()
    run = finished(tmp_path / "run", predictions)
    stage = staged(run, scaling="vector", sets=0.8)
    validation = of_split(predictions, "validation")
    for index in (0, 1):  # ten of each: rank 9 of 8.8
        own = validation.probabilities[validation.label == index, index]
        lowest = np.float32(np.sort(own)[1])
        assert stage.sets.lowest[index] == pytest.approx(lowest, rel=1e-7)
    assert stage.too_few == ()
    stage = staged(run, sets=0.95)
    assert stage.sets.lowest == (0.0, 0.0) and stage.too_few == ("well", "ill")
    assert staged(run).sets is None
