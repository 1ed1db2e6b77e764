import csv
import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from zoo.recipes.optimisation import Optimisation, RangeTest
from zoo.training import lr_range_curve, lr_range_plot
from zoo.training.lr_range_curve import Point

AUTO = Optimisation(learning_rate="auto", range_test=RangeTest(epochs=20))


def points(means):
    return [
        Point(learning_rate=1e-4 * 2**i, loss=mean + 0.1, smoothed_loss=mean)
        for i, mean in enumerate(means)
    ]


VALLEY = points([0.1, 0.2, 3, 2.9, 2.5, 2, 1.5, 1.2, 1, 1.1, *range(2, 12)])


def test_the_rate_rises_by_the_same_factor():
    found = lr_range_curve.ramp(RangeTest(lowest=1e-5, highest=1.0), 11)
    np.testing.assert_allclose(found, [10 ** (-5 + i / 2) for i in range(11)])


@pytest.mark.parametrize("smoothing", [0.0, 0.9, 0.98])
def test_smoothing_is_a_weighted_mean_from_the_first_value_on(smoothing):
    losses = np.random.default_rng(0).normal(size=30)
    wanted = [
        np.average(losses[:n], weights=smoothing ** np.arange(n)[::-1])
        for n in range(1, 31)
    ]
    np.testing.assert_allclose(lr_range_curve.smoothed(losses, smoothing), wanted)


def test_a_tenth_of_the_best_rate_is_chosen_and_the_beginning_does_not_count():
    assert lr_range_curve.lowest(VALLEY, 20) == VALLEY[8]
    assert lr_range_curve.chosen(VALLEY, 20) == pytest.approx(
        1e-4 * 2**8 / 10, rel=1e-9
    )


def test_a_loss_that_only_rises_is_an_error():
    with pytest.raises(DataError, match="did not fall at any.*--lr.*Received: 20"):
        lr_range_curve.chosen(points(range(20)), 20)


def test_a_loss_that_falls_to_the_end_is_an_error():
    with pytest.raises(DataError, match="up to the highest, .*range-test.highest"):
        lr_range_curve.chosen(points(range(20, 0, -1)), 20)


def test_too_few_updates_are_an_error_that_says_how_many_epochs_would_do():
    fitting = dataclasses.replace(AUTO, accumulate=2, range_test=RangeTest(epochs=2))
    with pytest.raises(UsageError, match="Received: 3 in 2 epochs.*epochs 14"):
        lr_range_curve.count_updates(3, fitting)
    longer = dataclasses.replace(fitting, range_test=RangeTest(epochs=14))
    assert lr_range_curve.count_updates(3, longer) == 21


def test_the_file_reads_back_and_the_figure_is_drawn(tmp_path):
    lr_range_curve.write(tmp_path / "range_test.csv", VALLEY)
    with open(tmp_path / "range_test.csv", encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    found = [Point(**{k: float(v) for k, v in row.items()}) for row in rows]
    assert found == VALLEY
    lr_range_plot.draw(tmp_path / "range_test.png", VALLEY, VALLEY[8])
    assert (tmp_path / "range_test.png").read_bytes().startswith(b"\x89PNG")
