import dataclasses
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.training import standin
from zoo.recipes.optimisation import Optimisation, RangeTest
from zoo.training import lr_range_curve, lr_range_test

AUTO = Optimisation(learning_rate="auto", range_test=RangeTest(epochs=20))


def find(optimisation=AUTO, **options):
    keras.utils.set_random_seed(0)
    training, _ = standin.classifier(dropout=0.3)
    before = [variable.value.numpy() for variable in training.variables]
    found = lr_range_test.find(
        training, standin.training_data(**options), optimisation, {}
    )
    after = [variable.value.numpy() for variable in training.variables]
    return found, before, after[: len(before)]


def test_the_test_stops_when_the_loss_diverges_and_leaves_no_trace():
    fitting = dataclasses.replace(AUTO, range_test=RangeTest(epochs=5, highest=100.0))
    found, before, after = find(fitting, samples=192, batch=16)
    assert 20 < len(found) < 60
    means = [point.smoothed_loss for point in found]
    assert means[-1] > 4 * min(means)
    assert 1e-4 < lr_range_curve.chosen(found, 60) < 1
    assert all(map(np.array_equal, before, after)), "states of dropout included"


def test_the_loss_of_an_update_is_the_mean_of_its_steps():
    """At next to no rate the losses are those of the batches as they are."""
    still = RangeTest(epochs=14, lowest=1e-30, highest=2e-30)
    (pairs, *_), (steps, *_) = (
        find(
            dataclasses.replace(AUTO, accumulate=accumulate, range_test=still),
        )
        for accumulate in (2, 1)
    )
    assert (len(pairs), len(steps)) == (21, 42)
    losses = np.array([point.loss for point in steps])
    np.testing.assert_allclose(
        [point.loss for point in pairs], losses.reshape(21, 2).mean(1), rtol=1e-5
    )


def test_values_that_are_no_numbers_are_named_as_the_cause():
    with pytest.raises(DataError, match="no number from the beginning on"):
        find(signal=float("nan"))


def test_with_mixmatch_the_loss_is_that_of_the_labelled_samples():
    """The other part grows from step to step by its ramp."""
    model = SimpleNamespace(
        reset_metrics=lambda: None, optimizer=SimpleNamespace(), stop_training=False
    )
    climb = lr_range_test._Climb(np.geomspace(1e-6, 1.0, 30), AUTO)
    climb.set_model(model)
    for number in range(30):
        climb.on_train_batch_begin(number)
        labelled = 2.0 - number / 30
        climb.on_train_batch_end(
            number, {"loss": labelled + number, "labelled_loss": labelled}
        )
    assert [point.loss for point in climb.points] == pytest.approx(
        [2.0 - number / 30 for number in range(30)]
    )
