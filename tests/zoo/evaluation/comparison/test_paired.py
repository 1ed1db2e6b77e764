import dataclasses

import numpy as np
import pytest
from scipy.stats import ttest_rel

from pipelines.errors import DataError, UsageError
from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.comparison.models import in_folds, other_model, pair
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.comparison import objectives
from zoo.evaluation.comparison.paired import compare
from zoo.evaluation.predictions.predictions import take

AUC = objectives.named("val_auc")
LOSS = objectives.named("val_loss")
MAE = objectives.named("val_mae")


def test_of_a_mean_it_is_students_paired_test():
    first, second = numbered(noise=1.0), numbered(noise=1.0)
    draw = np.random.default_rng(1)
    off = second.outputs["pred"] + draw.normal(size=(40, 1))
    second = dataclasses.replace(second, outputs={"pred": off})
    found = compare(first, second, MAE, confidence=0.9)
    errors = [abs(e.outputs["pred"] - e.truth)[:, 0] for e in (first, second)]
    wanted = ttest_rel(*errors)
    interval = wanted.confidence_interval(0.9)
    assert found.difference == pytest.approx(errors[0].mean() - errors[1].mean())
    assert found.p == pytest.approx(wanted.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.patients == 40


def test_samples_of_a_patient_count_as_one_patient():
    """Each sample thrice: nothing is known that wasn't known before."""
    first, second = pair(30)
    rows = np.repeat(np.arange(30), 3)
    thrice = [
        dataclasses.replace(
            each,
            sample_id=tuple(f"s{i}" for i in range(90)),
            patient_id=tuple(each.patient_id[row] for row in rows),
            split=("test",) * 90,
            fold=("",) * 90,
            truth=each.truth[rows],
            outputs={word: array[rows] for word, array in each.outputs.items()},
        )
        for each in (first, second)
    ]
    for objective in (AUC, LOSS):
        one, many = compare(first, second, objective), compare(*thrice, objective)
        assert many.p == pytest.approx(one.p)
        assert (many.low, many.high) == pytest.approx((one.low, one.high))
        assert many.patients == 30


def test_the_order_of_rows_is_of_no_account():
    first, second = pair(20, samples_each=2)
    shuffled = take(second, np.random.default_rng(0).permutation(40))
    assert compare(first, shuffled, AUC) == compare(first, second, AUC)


def test_the_other_way_round_the_sign_is_the_other():
    first, second = pair(30, ("a", "b", "c"))
    found, back = compare(first, second, AUC), compare(second, first, AUC)
    assert found.difference == pytest.approx(-back.difference)
    assert (found.low, found.p) == pytest.approx((-back.high, back.p))


def test_a_much_worse_model_is_worse():
    first = cohort(60, signal=3)
    found = compare(first, other_model(first, 1, noise=8), AUC)
    assert found.p < 0.001
    assert found.low > 0


def test_the_interval_ends_where_no_difference_of_areas_can_lie():
    label = [0, 0, 0, 1, 1, 1]
    first = given(label, [0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    second = given(label, [0.9, 0.8, 0.25, 0.3, 0.2, 0.85])
    found, back = compare(first, second, AUC), compare(second, first, AUC)
    half = found.spread.half(0.95)
    assert found.difference + half > 1 and found.high == 1 and back.low == -1
    assert found.low == found.difference - half == -back.high


def test_the_mean_over_folds_differs_from_the_pool():
    first, second = (in_folds(each, 4) for each in pair(40))
    pooled = compare(first, second, AUC)
    mean = compare(first, second, AUC, aggregate="mean")
    gains = []
    for fold in "0123":
        rows = np.flatnonzero(np.array(first.fold) == fold)
        gains.append(AUC.of(take(first, rows)) - AUC.of(take(second, rows)))
    assert mean.difference == pytest.approx(np.mean(gains))
    assert pooled.difference == pytest.approx(AUC.of(first) - AUC.of(second))
    assert mean.low < pooled.difference < mean.high


@pytest.mark.parametrize("objective", [AUC, LOSS])
@pytest.mark.parametrize("design", ["classes", "clusters", "folds", "labels"])
def test_of_equal_models_one_in_twenty_is_called_different(objective, design):
    """At 5 %, within what 250 cohorts can show."""
    called = covered = 0
    for seed in range(250):
        if design == "labels":
            base = labelled(40, samples_each=2, signal=0.7, unknown=0.2, seed=seed)
            draw = np.random.default_rng(1000 + seed)
            models = []
            for _ in range(2):
                logits = base.outputs["logit"] + draw.normal(size=base.truth.shape)
                outputs = {"prob": 1 / (1 + np.exp(-logits)), "logit": logits}
                models.append(dataclasses.replace(base, outputs=outputs))
        else:
            classes = ("a", "b", "c") if design == "classes" else ("a", "b")
            each = 3 if design == "clusters" else 1
            base = cohort(40, classes, samples_each=each, signal=1, seed=seed)
            base = in_folds(base, 4)
            models = [other_model(base, 2 * seed + i) for i in range(2)]
        aggregate = "mean" if design == "folds" else "pooled"
        found = compare(*models, objective, aggregate=aggregate)
        called += found.p < 0.05
        covered += found.low <= 0 <= found.high
    assert called <= 22  # 12.5 expected, 22 in one of 200 tries
    assert covered == 250 - called


def test_one_model_twice_is_no_difference():
    first, _ = pair()
    found = compare(first, first, AUC)
    assert (found.difference, found.p) == (0, 1)
    assert found.low is None
    assert found.reason == "no patient tells them apart"


def test_a_constant_difference_has_no_p():
    first = numbered(20)
    lower = dataclasses.replace(first, outputs={"pred": first.truth - 2})
    upper = dataclasses.replace(first, outputs={"pred": first.truth - 1})
    found = compare(lower, upper, MAE)
    assert found.difference == pytest.approx(1)
    assert found.p is None
    assert found.reason == "no patient tells them apart"


def test_an_objective_without_contributions_has_a_difference_alone():
    first, second = pair()
    found = compare(first, second, objectives.named("kappa"))
    kappa = objectives.named("kappa")
    assert found.difference == pytest.approx(kappa.of(first) - kappa.of(second))
    assert (found.p, found.low, found.high) == (None, None, None)
    assert found.reason == "kappa is no mean over patients"


def test_patients_in_one_alone_are_counted():
    first, second = pair(30)
    with pytest.raises(
        DataError, match="same patients. Received: 2 of 30 only in the first, 0 of 28"
    ):
        compare(first, take(second, range(28)), AUC)


def test_samples_in_one_alone_are_counted():
    first, second = pair(10, samples_each=2)
    with pytest.raises(DataError, match="same samples. Received: 1 of 20 only in the"):
        compare(first, take(second, range(1, 20)), AUC)


def test_another_truth_is_an_error():
    first, second = pair()
    changed = dataclasses.replace(second, truth=1 - second.truth)
    with pytest.raises(DataError, match="different truths"):
        compare(first, changed, AUC)


def test_other_classes_are_an_error():
    with pytest.raises(DataError, match="predictions of one target"):
        compare(cohort(12), cohort(12, ("a", "b")), AUC)


def test_other_folds_are_an_error_for_their_mean_alone():
    first, second = pair(24)
    first, second = in_folds(first, 2), in_folds(second, 3)
    assert compare(first, second, AUC).p is not None
    with pytest.raises(DataError, match="different patients or folds"):
        compare(first, second, AUC, aggregate="mean")


def test_a_patient_of_other_samples_is_an_error():
    first, second = pair(10, samples_each=2)
    patients = (*second.patient_id[2:4], *second.patient_id[:2], *second.patient_id[4:])
    swapped = dataclasses.replace(second, patient_id=patients, truth=first.truth)
    with pytest.raises(DataError, match="different patients or folds"):
        compare(first, swapped, AUC)


def test_an_objective_of_another_kind_is_an_error():
    with pytest.raises(UsageError, match="has no objective val_mae"):
        compare(*pair(), MAE)


def test_a_confidence_is_a_share():
    with pytest.raises(ValueError, match="confidence must be between"):
        compare(given([0, 1], [0, 1]), given([0, 1], [0, 1]), AUC, confidence=95)
