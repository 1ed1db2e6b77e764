"""What kinds of target say of themselves, without Keras."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from scipy.special import expit, softmax

from pipelines.tasks.target import Target
from zoo.targets.kinds import TARGET_KINDS, able
from zoo.targets.standardisation import ColumnStatistics

CLASSES, LABELS = TARGET_KINDS["classification"], TARGET_KINDS["multilabel"]
GRADES, NUMBERS = TARGET_KINDS["ordinal"], TARGET_KINDS["regression"]
STATISTICS = (
    ColumnStatistics(name="kpa", mean=10.0, deviation=2.0),
    ColumnStatistics(name="fat", mean=-1.0, deviation=0.5),
)


def test_reading_a_command_line_loads_no_keras():
    program = (
        "import sys, zoo.runs.run, zoo.targets.kinds; print('keras' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == ["False"]


def test_the_logits_of_mean_probabilities_give_them_back():
    shares = np.array([[0.2, 0.5, 0.3], [0.0, 0.0, 1.0]])
    of_classes = CLASSES.average_logits({"prob": shares, "logit": shares - 9})
    np.testing.assert_allclose(softmax(of_classes["logit"], axis=1), shares, atol=1e-9)
    assert GRADES.average_logits is CLASSES.average_logits
    of_labels = LABELS.average_logits({"prob": shares})
    np.testing.assert_allclose(expit(of_labels["logit"]), shares, atol=1e-9)
    assert np.isfinite(of_labels["logit"]).all()
    assert NUMBERS.average_logits({"pred": shares}) == {"pred": shares}


@pytest.mark.parametrize(
    ("kind", "size", "statistics"),
    [(CLASSES, 3, ()), (LABELS, 3, ()), (GRADES, 3, ()), (NUMBERS, 2, STATISTICS)],
)
def test_the_numbers_of_the_last_layer_come_back_from_the_outputs(
    kind, size, statistics
):
    numbers = -np.sort(-np.random.default_rng(0).normal(0, 2, (5, size)), axis=1)
    given = keras.Input((size,))
    model = keras.Model(given, kind.activation(given, "", statistics))
    outputs = model.predict_on_batch(numbers.astype(np.float32))
    assert outputs.keys() == {*kind.outputs.values()}
    found = kind.last_numbers(outputs, statistics)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, numbers, rtol=1e-5, atol=1e-6)


def test_settings_and_the_kinds_that_can_follow_them():
    assert able("label_smoothing") == ["classification", "multilabel"]
    assert able("class_weights") == ["classification", "multilabel", "ordinal"]
    assert able("regression_loss") == ["regression"]
    assert able("mixmatch") == ["classification"]


def test_what_balances_has_one_label_a_sample():
    single = [name for name, kind in TARGET_KINDS.items() if kind.single_label]
    assert able("balance") == single


def test_unlike_values_weigh_by_kind():
    values = np.array([[0.0], [0.0], [1.0]])
    target = Target(classes=("a", "b"))
    weights = CLASSES.value_weights(values, target, "balanced")
    np.testing.assert_allclose(weights, [3 / 4, 3 / 2])
