import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort, strangers, three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished, staged, with_features
from zoo.evaluation.last_stage import staged as staged_predictions
from zoo.evaluation.last_stage import unknown_classes
from zoo.evaluation.predictions import unknown_file
from zoo.evaluation.predictions.predictions import join, of_split
from zoo.evaluation.rejection import rule_fit
from zoo.runs import features
from zoo.runs.features import Features


def strangers_of_all_splits(**options):
    """One after the other."""
    parts = [strangers(6, split=s, **options) for s in ("train", "validation", "test")]
    return unknown_file.join(parts)


def holding_out(path, **options):
    unknown = strangers_of_all_splits()
    return finished(path, three_splits(), unknown=unknown, **options), unknown


def test_a_run_that_knows_all_has_no_file(tmp_path):
    assert unknown_classes.read(finished(tmp_path / "run")) is None


def test_a_run_without_its_file(tmp_path):
    run, _ = holding_out(tmp_path / "run")
    assert len(unknown_classes.read(run)) == 18
    run.unknown_path.unlink()
    with pytest.raises(DataError, match="unknown.csv"):
        unknown_classes.read(run)


def test_the_network_alone_answers_its_most_probable_class(tmp_path):
    run, unknown = holding_out(tmp_path / "run")
    answers = unknown_classes.of_runs([run], [], [unknown], level="sample")
    np.testing.assert_array_equal(answers.score, unknown.probabilities.max(axis=1))
    np.testing.assert_array_equal(answers.label, unknown.probabilities.argmax(axis=1))
    assert not answers.is_unknown.any()
    assert answers.patient_id == unknown.patient_id


def test_a_stage_answers_as_it_does_of_known_samples(tmp_path):
    run, unknown = holding_out(tmp_path / "run")
    stage = staged(run, reject=rule_fit.parse(["largest", "coverage=0.8"]))
    answers = unknown_classes.of_runs([run], [stage], [unknown], level="sample")
    calibrated = stage.scaling.calibrated(unknown.probabilities)
    np.testing.assert_allclose(answers.score, calibrated.max(axis=1))
    np.testing.assert_array_equal(
        answers.is_unknown, answers.score < stage.reject.threshold
    )
    assert answers.is_unknown.mean() > 0.2
    cut = stage.operating_point.threshold
    np.testing.assert_array_equal(answers.label, calibrated[:, 1] >= cut)


def test_by_patient_samples_of_one_class_are_one(tmp_path):
    run, _ = holding_out(tmp_path / "run")
    several = strangers(3, samples_each=4)
    classes = ("blurred", "blurred", "empty", "empty") * 3
    several = dataclasses.replace(several, unknown_class=classes)
    answers = unknown_classes.of_runs([run], [], [several], level="patient")
    assert answers.unknown_class == ("blurred", "empty") * 3
    scores = several.probabilities.max(axis=1).reshape(3, 2, 2).mean(axis=2)
    np.testing.assert_allclose(answers.score, scores.ravel())
    means = several.probabilities.reshape(6, 2, 2).mean(axis=1)
    np.testing.assert_array_equal(answers.label, means.argmax(axis=1))


def test_several_runs_answer_by_their_mean(tmp_path):
    runs = [holding_out(tmp_path / name)[0] for name in ("a", "b")]
    parts = [strangers(6, seed=5), strangers(6, seed=6)]
    answers = unknown_classes.of_runs(runs, [], parts, level="sample")
    mean = (parts[0].probabilities + parts[1].probabilities) / 2
    np.testing.assert_allclose(answers.score, mean.max(axis=1))
    with pytest.raises(DataError, match="hold out different samples"):
        unknown_classes.of_runs(
            runs, [], [parts[0], strangers(6, start="x")], level="sample"
        )


def test_scores_of_every_rule(tmp_path):
    run, unknown = holding_out(tmp_path / "run")
    known = three_splits()
    with_features(run, known)
    far = features.read(run.features_path)
    strange = np.full((len(unknown), far.features.shape[1]), 50.0, np.float32)
    features.write(
        run.features_path,
        Features(
            sample_id=far.sample_id + unknown.sample_id,
            split=far.split + unknown.split,
            features=np.concatenate([far.features, strange]),
        ),
    )
    scores = unknown_classes.scores_by_rule(run, known, "test", unknown)
    test = of_split(known, "test")
    for place, part in enumerate((test, unknown)):
        np.testing.assert_array_equal(
            scores["largest"][place], part.probabilities.max(axis=1)
        )
        np.testing.assert_allclose(
            scores["energy"][place], np.log(np.exp(part.outputs["logit"]).sum(axis=1))
        )
    assert scores["mahalanobis"][0].min() > scores["mahalanobis"][1].max()


def test_a_rule_without_features_says_why(tmp_path):
    run, unknown = holding_out(tmp_path / "run")
    scores = unknown_classes.scores_by_rule(run, three_splits(), "test", unknown)
    assert "features.npz holds no features" in scores["mahalanobis"]
    assert len(scores["energy"][0]) == 30


def test_patients_of_several_classes_are_left_out_by_patient(tmp_path):
    run = finished(tmp_path / "run")
    stage = staged(run, reject=rule_fit.parse(["largest", "coverage=0.8"]))
    plain = cohort(10, samples_each=2)
    truth = plain.truth.copy()
    truth[1] = 1 - truth[0]
    mixed = dataclasses.replace(plain, truth=truth)
    by_patient, of_plain = (
        staged_predictions.at_level(
            staged_predictions.of_run(run, stage, part), "patient"
        )
        for part in (mixed, plain)
    )
    assert by_patient.after.patient_id == of_plain.after.patient_id[1:]
    for name in ("threshold", "score", "is_unknown"):
        np.testing.assert_allclose(
            getattr(by_patient, name), getattr(of_plain, name)[1:]
        )


def test_parts_one_after_the_other(tmp_path):
    run, unknown = holding_out(tmp_path / "run")
    one = unknown_classes.of_runs([run], [], [unknown], level="sample")
    both = unknown_classes.joined([one, one])
    assert len(both) == 36 and both.unknown_class == ("blurred",) * 36
    np.testing.assert_array_equal(both.score, np.tile(one.score, 2))


def test_known_samples_without_a_stage():
    known = join([three_splits()])
    plain = unknown_classes.unstaged(known)
    np.testing.assert_array_equal(plain.score, known.probabilities.max(axis=1))
    assert not plain.is_unknown.any()
