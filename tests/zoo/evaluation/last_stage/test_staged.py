import numpy as np
import pytest

from tests.zoo.evaluation.cohorts import cohort, three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished, staged
from zoo.evaluation.last_stage import staged as staged_predictions
from zoo.evaluation.predictions.predictions import join, of_split, take
from zoo.evaluation.rejection import rule_fit


@pytest.fixture
def test_part(tmp_path):
    """A run, its stage, and its test split of two samples a patient."""
    predictions = three_splits(samples_each=2)
    run = finished(tmp_path / "run", predictions)
    stage = staged(run, reject=rule_fit.parse(["largest", "coverage=0.8"]))
    return run, stage, of_split(predictions, "test")


def test_by_patient_probabilities_are_means(test_part):
    run, stage, predictions = test_part
    samples = staged_predictions.of_run(run, stage, predictions)
    patients = staged_predictions.at_level(samples, "patient")
    calibrated = stage.scaling.calibrated(predictions.probabilities)
    np.testing.assert_allclose(samples.after.probabilities, calibrated)
    means = calibrated.reshape(-1, 2, 2).mean(axis=1)
    np.testing.assert_allclose(patients.after.probabilities, means)
    called = means[:, 1] >= stage.operating_point.threshold
    assert patients.label.tolist() == called.astype(int).tolist()
    unknown = calibrated.max(axis=1) < stage.reject.threshold
    assert samples.is_unknown.tolist() == unknown.tolist()
    half = unknown.reshape(-1, 2).mean(axis=1) >= 0.5
    assert patients.is_unknown.tolist() == half.tolist()
    assert patients.before.sample_id == patients.after.sample_id
    assert staged_predictions.at_level(samples, "sample") is samples


def test_joined_folds_keep_their_own_thresholds(tmp_path):
    parts = []
    for fold in "01":
        both = [
            cohort(20, split=s, fold=fold, seed=int(fold), name=f"{s}{fold}")
            for s in ("validation", "test")
        ]
        run = finished(tmp_path / fold, join(both), fold=fold)
        stage = staged(run)
        parts.append((stage, staged_predictions.of_run(run, stage, both[1])))
    together = staged_predictions.joined([part for _, part in parts])
    wanted = [stage.operating_point.threshold for stage, _ in parts for _ in range(20)]
    assert together.threshold.tolist() == wanted
    assert wanted[0] != wanted[-1]
    labels = np.concatenate([part.label for _, part in parts])
    assert together.label.tolist() == labels.tolist()


def test_runs_that_share_a_test_split_answer_by_the_mean(tmp_path):
    runs, stages, parts = [], [], []
    for number in range(2):
        predictions = three_splits()
        part = of_split(predictions, "test")
        run = finished(tmp_path / str(number), predictions)
        stages.append(staged(run, rule=f"threshold=0.{3 + number}"))
        runs.append(run)
        parts.append(part if number == 0 else take(part, range(len(part))[::-1]))
    mean = staged_predictions.mean_of_runs(runs, stages, parts)
    assert mean.after.sample_id == parts[0].sample_id
    expected = stages[0].scaling.calibrated(parts[0].probabilities)
    np.testing.assert_allclose(mean.after.probabilities, expected)  # both alike
    assert mean.threshold == pytest.approx(np.full(30, 0.35))


def test_sets_are_of_each_folds_network_and_of_samples(tmp_path):
    parts, wanted = [], []
    for fold in "01":
        both = [
            cohort(
                20, samples_each=2, split=s, fold=fold, seed=int(fold), name=s + fold
            )
            for s in ("validation", "test")
        ]
        run = finished(tmp_path / fold, join(both), fold=fold)
        stage = staged(run, sets=0.8)
        parts.append(staged_predictions.of_run(run, stage, both[1]))
        shares = both[1].probabilities.astype(np.float32)
        wanted += (shares >= np.array(stage.sets.lowest)).tolist()
    together = staged_predictions.joined(parts)
    assert together.sets.tolist() == wanted
    assert {tuple(row) for row in wanted} > {(True, False), (False, True)}
    assert staged_predictions.at_level(together, "patient").sets is None
