import numpy as np
import pytest

from zoo.evaluation.metrics.auc import auc
from zoo.evaluation.metrics.clustered_auc import newcombe_clustered, obuchowski
from zoo.evaluation.metrics.delong import delong
from zoo.evaluation.metrics.newcombe import newcombe


def samples(patients=40, each=3, seed=0):
    """Positive, scores and patient of several samples each, alike within a patient."""
    generator = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), each)
    positive = patient % 2 == 0
    own = generator.normal(size=patients)[patient]
    return positive, own + generator.normal(size=len(patient)) + 1.5 * positive, patient


def test_obuchowskis_variance_by_its_sums():
    """Obuchowski (1997) where each patient has samples of one class."""
    positive, scores, patient = samples()
    won = (scores[positive][:, None] > scores[~positive]).astype(float)
    area, m, n = won.mean(), positive.sum(), (~positive).sum()
    variance = 0.0
    for placed, side in ((won.mean(axis=1), positive), (won.mean(axis=0), ~positive)):
        sums = np.bincount(patient[side], placed - area, minlength=40)
        count = 20
        variance += (sums**2).sum() * count / (count - 1) / side.sum() ** 2
    found = obuchowski(positive, scores, patient, 0.95)
    half = 1.959964 * np.sqrt(variance)
    assert (found.low, found.high) == pytest.approx((area - half, min(1, area + half)))
    assert (m, n) == (60, 60)


def test_of_one_sample_a_patient_they_are_delongs_and_newcombes():
    positive, scores, patient = samples(each=1)
    area = auc(positive, scores)
    plain = delong(positive, scores, area, 0.95)
    found = obuchowski(positive, scores, patient, 0.95)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    plain = newcombe(area, 20, 20, 0.95)
    found = newcombe_clustered(positive, scores, patient, 0.95)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))


def test_copies_of_a_sample_tell_nothing_new():
    positive, scores, patient = samples(each=1)
    copies = [np.repeat(values, 6) for values in (positive, scores, patient)]
    single = newcombe_clustered(positive, scores, patient, 0.95)
    found = newcombe_clustered(*copies, 0.95)
    assert (found.low, found.high) == pytest.approx((single.low, single.high), abs=0.01)


def test_separated_classes_count_patients():
    positive, _, patient = samples(each=4)
    found = newcombe_clustered(positive, positive.astype(float), patient, 0.95)
    plain = newcombe(1.0, 20, 20, 0.95)
    assert (found.low, found.high) == (plain.low, plain.high)
    beside = obuchowski(positive, positive.astype(float), patient, 0.95)
    assert "separate the classes" in beside.reason


def test_a_class_of_one_patient():
    positive, scores, patient = samples()
    positive = patient == 0
    assert "one patient" in obuchowski(positive, scores, patient, 0.95).reason
    area = auc(positive, scores)
    found = newcombe_clustered(positive, scores, patient, 0.95)
    plain = newcombe(area, 1, 39, 0.95)
    assert (found.low, found.high) == (plain.low, plain.high)
