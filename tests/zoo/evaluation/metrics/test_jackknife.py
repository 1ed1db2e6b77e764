import math

import numpy as np
import pytest
from scipy.stats import norm, t
from sklearn.metrics import cohen_kappa_score, matthews_corrcoef, precision_score

from zoo.evaluation.metrics.jackknife import jackknife_variances, wilson_jackknife


def _study(seed: int, classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth, prediction and patient of samples, of which patients have 1 to 3."""
    generator = np.random.default_rng(seed)
    patient = np.repeat(np.arange(40), generator.integers(1, 4, size=40))
    labels = generator.integers(classes, size=40)[patient]
    wrong = generator.random(len(patient)) < 0.3
    called = np.where(wrong, generator.integers(classes, size=len(patient)), labels)
    order = generator.permutation(len(patient))
    return labels[order], called[order], patient[order]


def _left_out(figure, labels, called, patient) -> np.ndarray:
    keep = [patient != number for number in range(patient.max() + 1)]
    return np.array([figure(labels[rows], called[rows]) for rows in keep])


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize(
    ("name", "figure"), [("kappa", cohen_kappa_score), ("mcc", matthews_corrcoef)]
)
def test_each_patient_is_left_out_once(classes, name, figure):
    labels, called, patient = _study(1, classes)
    without = _left_out(figure, labels, called, patient)
    of_all, _ = jackknife_variances(labels, called, patient, np.zeros(40, int), classes)
    assert of_all[name] == pytest.approx(without.var() * 39)


def test_within_classes_only_their_own_deviations_count():
    labels, called, patient = _study(2, 3)
    stratum = labels[np.unique(patient, return_index=True)[1]]
    of_all, of_classes = jackknife_variances(labels, called, patient, stratum, 3)

    def variance(figure) -> float:
        without = _left_out(figure, labels, called, patient)
        parts = [without[stratum == number] for number in range(3)]
        return sum(part.var() * (len(part) - 1) for part in parts)

    assert of_all["kappa"] == pytest.approx(variance(cohen_kappa_score))
    for number in range(3):
        ppv = variance(
            lambda truth, said, c=number: precision_score(truth == c, said == c)
        )
        assert of_classes["ppv"][number] == pytest.approx(ppv)


def test_of_a_proportion_it_is_the_variance_of_a_mean():
    labels, called = np.zeros(50, int), (np.arange(50) < 9).astype(int)
    of_all, _ = jackknife_variances(labels, called, np.arange(50), labels, 2)
    assert of_all["accuracy"] == pytest.approx(0.18 * 0.82 / 49)


def test_of_many_patients_the_blocks_are_one(monkeypatch):
    labels, called, patient = _study(3, 3)
    whole = jackknife_variances(labels, called, patient, np.zeros(40, int), 3)
    monkeypatch.setattr("zoo.evaluation.metrics.jackknife._CELLS", 63)
    parts = jackknife_variances(labels, called, patient, np.zeros(40, int), 3)
    assert parts[0] == pytest.approx(whole[0])
    assert parts[1]["mcc"] == pytest.approx(whole[1]["mcc"])


def test_the_ends_are_wilsons_of_the_share_that_agrees_stretched():
    """Kappa .7 of 88 % agreement: chance agreement is .6, and 1 - kappa 2.5 errors."""
    found = wilson_jackknife(0.7, 0.88, 0.006, 50, 0.95)
    number = 2.5**2 * 0.88 * 0.12 / 0.006 * (norm.ppf(0.975) / t.ppf(0.975, 49)) ** 2
    for end in (found.low, found.high):
        agreed = 1 - (1 - end) / 2.5
        error = math.sqrt(agreed * (1 - agreed) / number)
        assert abs(agreed - 0.88) == pytest.approx(norm.ppf(0.975) * error)
    assert found.low < 0.7 < found.high < 1


def test_without_a_variance_there_is_no_interval():
    assert "no variance" in wilson_jackknife(0.0, 0.9, 0.0, 50, 0.95).reason
    assert "no variance" in wilson_jackknife(1.0, 1.0, 0.01, 50, 0.95).reason
    undefined = wilson_jackknife(0.5, 0.9, math.nan, 50, 0.95)
    assert undefined.reason == "it is undefined without one of the patients"
