import csv
import dataclasses
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.training import standin
from zoo.recipes.optimisation import Optimisation, RangeTest
from zoo.training import lr_range_plot, lr_range_test
from zoo.training.lr_range_test import Point

AUTO = Optimisation(learning_rate="auto", range_test=RangeTest(epochs=20))


def points(means):
    return [
        Point(learning_rate=1e-4 * 2**i, loss=mean + 0.1, smoothed_loss=mean)
        for i, mean in enumerate(means)
    ]


VALLEY = points([0.1, 0.2, 3, 2.9, 2.5, 2, 1.5, 1.2, 1, 1.1, *range(2, 12)])


def test_the_rate_rises_by_the_same_factor():
    found = lr_range_test.ramp(RangeTest(lowest=1e-5, highest=1.0), 11)
    np.testing.assert_allclose(found, [10 ** (-5 + i / 2) for i in range(11)])


@pytest.mark.parametrize("smoothing", [0.0, 0.9, 0.98])
def test_smoothing_is_a_weighted_mean_from_the_first_value_on(smoothing):
    losses = np.random.default_rng(0).normal(size=30)
    wanted = [
        np.average(losses[:n], weights=smoothing ** np.arange(n)[::-1])
        for n in range(1, 31)
    ]
    np.testing.assert_allclose(lr_range_test.smoothed(losses, smoothing), wanted)


def test_a_tenth_of_the_best_rate_is_chosen_and_the_beginning_does_not_count():
    assert lr_range_test.lowest(VALLEY, 20) == VALLEY[8]
    assert lr_range_test.chosen(VALLEY, 20) == pytest.approx(1e-4 * 2**8 / 10, rel=1e-9)


def test_a_loss_that_only_rises_is_an_error():
    with pytest.raises(DataError, match="did not fall at any.*--lr.*Received: 20"):
        lr_range_test.chosen(points(range(20)), 20)


def test_a_loss_that_falls_to_the_end_is_an_error():
    with pytest.raises(DataError, match="up to the highest, .*range-test.highest"):
        lr_range_test.chosen(points(range(20, 0, -1)), 20)


def test_too_few_updates_are_an_error_that_says_how_many_epochs_would_do():
    fitting = dataclasses.replace(AUTO, accumulate=2, range_test=RangeTest(epochs=2))
    with pytest.raises(UsageError, match="Received: 3 in 2 epochs.*epochs 14"):
        lr_range_test.count_updates(3, fitting)
    longer = dataclasses.replace(fitting, range_test=RangeTest(epochs=14))
    assert lr_range_test.count_updates(3, longer) == 21


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
    assert 1e-4 < lr_range_test.chosen(found, 60) < 1
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


def test_the_file_reads_back_and_the_figure_is_drawn(tmp_path):
    lr_range_test.write(tmp_path / "range_test.csv", VALLEY)
    with open(tmp_path / "range_test.csv", newline="") as opened:
        rows = list(csv.DictReader(opened))
    found = [Point(**{k: float(v) for k, v in row.items()}) for row in rows]
    assert found == VALLEY
    lr_range_plot.draw(tmp_path / "range_test.png", VALLEY, VALLEY[8])
    assert (tmp_path / "range_test.png").read_bytes().startswith(b"\x89PNG")


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
