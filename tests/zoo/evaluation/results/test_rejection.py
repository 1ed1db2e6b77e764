import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, given, three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished, staged
from zoo.evaluation.last_stage import conformal_sets, unknown_samples
from zoo.evaluation.last_stage.staged import of_run
from zoo.evaluation.metrics.intervals import wilson
from zoo.evaluation.predictions.by_patient import by_patient, levels_by_split
from zoo.evaluation.predictions.predictions import join, of_split
from zoo.evaluation.rejection import rule_fit
from zoo.evaluation.rejection.conformal import sets, thresholds
from zoo.evaluation.results import last_stage, rejection
from zoo.evaluation.results.calibration import of_last_split
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.tables import rejection as rejection_table

SETTINGS = Settings(bootstrap=200)


@pytest.fixture(scope="module")
def through(tmp_path_factory):
    """A run's stage, and its test split through it."""
    run = finished(tmp_path_factory.mktemp("run") / "run")
    stage = staged(run, reject=rule_fit.parse(["largest", "coverage=0.8"]))
    test = of_split(three_splits(), "test")
    return stage, of_run(run, stage, test)


def test_what_is_known_and_what_is_not(through):
    stage, samples = through
    found = rejection.rejection(samples, [stage], SETTINGS)
    known = samples.score >= stage.reject.threshold
    right = samples.label == samples.after.label
    assert 0 < known.sum() < 30
    assert found["coverage"]["value"] == pytest.approx(known.mean())
    assert found["accuracy_known"]["value"] == pytest.approx(right[known].mean())
    ends = wilson(int(right[known].sum()), int(known.sum()), 0.95)
    assert found["accuracy_known"]["intervals"]["wilson"]["low"] == ends.low
    confusion = np.array(found["confusion"])
    assert confusion.shape == (2, 3)
    assert confusion[:, 2].sum() == (~known).sum()
    assert np.trace(confusion) == (right & known).sum()
    assert found["curve"]["risk"][-1] == pytest.approx(1 - right.mean())
    assert found["thresholds"] == [stage.reject.threshold]


def test_without_a_rule_the_curve_alone(through):
    stage, samples = through
    found = rejection.rejection(
        samples, [dataclasses.replace(stage, reject=None)], SETTINGS
    )
    assert found["rule"] is None and found["score"] == "largest"
    assert {*found} == {"rule", "score", "aurc", "curve"}


def test_nobody_who_is_unknown_has_no_accuracy(through):
    stage, samples = through
    everybody = dataclasses.replace(samples, is_unknown=np.zeros(30, bool))
    found = rejection.rejection(everybody, [stage], SETTINGS)
    assert found["accuracy_unknown"]["value"] is None
    assert found["accuracy_unknown"]["reason"] == "no sample is of this part"


def test_conformal_sets_come_from_the_validation_split(through):
    _, samples = through
    validation = of_split(three_splits(), "validation")
    inside = conformal_sets.sets_of(validation, samples.before, by="patient", level=0.9)
    lowest = thresholds(validation.probabilities, validation.label, 0.9)
    np.testing.assert_array_equal(inside, sets(samples.before.probabilities, lowest))
    found = rejection.conformal(inside, samples, 0.9, SETTINGS)
    ill = samples.after.label == 1
    assert found["coverage"]["ill"]["value"] == inside[ill, 1].mean()
    assert found["mean_size"] == inside.sum(axis=1).mean()


def test_mixed_patients_have_no_sets_by_patient():
    mixed = given([0, 1], [0.2, 0.8], patient=["p", "p"], split="validation")
    assert conformal_sets.sets_of(mixed, mixed, by="patient", level=0.9) is None
    assert conformal_sets.sets_of(mixed, mixed, by="sample", level=0.9) is not None


def test_samples_of_no_class_are_told_from_the_others(through, tmp_path):
    stage, samples = through
    path = tmp_path / "unknown.csv"
    rows = ["number,class,score,is_unknown,error", "1,unknown,0.51,1,", "2,well,0.9,0,"]
    path.write_text("\n".join([*rows, "3,,,,broken"]) + "\n", encoding="utf-8")
    given_ = unknown_samples.read(path)
    assert given_.scores.tolist() == [0.51, 0.9]
    found = rejection.unknown(samples, given_.scores, given_.is_unknown, SETTINGS)
    assert (found["samples"], found["rejected"]["value"]) == (2, 0.5)
    pairs = [known > new for known in samples.score for new in given_.scores]
    assert found["auroc"]["value"] == pytest.approx(np.mean(pairs))
    evidence = _evidence(stage, samples, given_)
    text = "\n".join(rejection_table.tables(evidence))
    assert "samples of no known class" in text
    assert "true \\ answered" in text
    assert "of each class wanted" in text


def _evidence(stage, samples, unknown):
    evidence = {
        "classes": list(samples.after.names),
        "calibration": of_last_split(levels_by_split(samples.before), SETTINGS),
    }
    added, _ = last_stage.evaluate(
        samples,
        [stage],
        evidence,
        SETTINGS,
        inside=np.ones((30, 2), bool),
        unknown_samples=unknown,
    )
    return evidence | added


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("number,class\n1,a\n", "has no column is_unknown and score"),
        ("score,is_unknown,error\n,,broken\n", "has no answer of any study"),
        ("score,is_unknown\nx,1\n", "score and is_unknown are numbers"),
    ],
)
def test_files_that_hold_no_scores(tmp_path, text, says):
    path = tmp_path / "unknown.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says):
        unknown_samples.read(path)


def test_sets_of_folds_stand_in_the_order_of_the_patients():
    folds = [
        (
            cohort(20, split="validation", fold=name, seed=seed, samples_each=2),
            cohort(9, fold=name, seed=seed + 5, samples_each=2),
        )
        for seed, name in enumerate("ba")
    ]
    validation, test = zip(*folds)
    wanted = {}
    for of_validation, of_test in folds:
        inside = conformal_sets.sets_of(of_validation, of_test, by="patient", level=0.8)
        wanted |= dict(zip(by_patient(of_test).sample_id, inside.tolist()))
    together = conformal_sets.of_folds(validation, test, by="patient", level=0.8)
    order = by_patient(join(test)).sample_id
    assert together.tolist() == [wanted[patient] for patient in order]
    assert order[0].startswith("testa")
    by_sample = conformal_sets.of_folds(validation, test, by="sample", level=0.8)
    assert by_sample.shape == (36, 2)


def test_a_fold_without_sets_leaves_all_without():
    validation = cohort(10, split="validation")
    nobody = of_split(validation, "train")
    assert (
        conformal_sets.of_folds(
            [validation, nobody], [cohort(4)] * 2, by="sample", level=0.9
        )
        is None
    )
