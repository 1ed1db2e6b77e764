import math

import keras
import pytest

from tests.zoo.runs.test_history import row
from zoo.recipes.optimisation import Schedule
from zoo.training.loop.learning_rate import StepCounts, reductions, share

COURSE = StepCounts(steps=10, epochs=4)


def shares(schedule, steps, step_counts=COURSE):
    return [share(schedule, step_counts, step, 0) for step in steps]


def test_constant():
    assert shares(Schedule(), [0, 39]) == [1, 1]


def test_warm_up_rises_to_one_in_equal_parts():
    wanted = [0.2, 0.4, 0.6, 0.8, 1.0, 1.0]
    assert shares(Schedule(warmup_updates=5), range(6)) == pytest.approx(wanted)
    assert shares(Schedule(warmup_epochs=0.5), range(6)) == pytest.approx(wanted)


def test_cosine_ends_at_the_lowest_share():
    schedule = Schedule(kind="cosine", lowest=0.2)
    found = shares(schedule, [0, 10, 20, 40, 50])
    assert found == pytest.approx([1, 0.6 + 0.4 / math.sqrt(2), 0.6, 0.2, 0.2])


def test_cosine_begins_after_the_warm_up():
    schedule = Schedule(kind="cosine", warmup_epochs=2)
    assert shares(schedule, [19, 20, 30]) == pytest.approx([1, 1, 0.5])


def test_steps_fall_at_the_ends_of_epochs_and_not_below_the_lowest():
    schedule = Schedule(kind="step", step_epochs=1, factor=0.5, lowest=0.2)
    assert shares(schedule, [9, 10, 29, 39]) == [1, 0.5, 0.25, 0.2]


def test_all_steps_of_an_update_have_the_rate_of_its_first():
    step_counts = StepCounts(steps=5, epochs=4, accumulate=2)
    found = shares(Schedule(kind="step", step_epochs=1), range(4, 8), step_counts)
    assert found == [1, 1, 0.1, 0.1]
    found = shares(Schedule(warmup_updates=2), range(5), step_counts)
    assert found == [0.5, 0.5, 1, 1, 1]


def plateau_of_keras(values, patience):
    """What Keras' callback makes of a learning rate of 1."""
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0))
    callback = keras.callbacks.ReduceLROnPlateau(
        monitor="val_loss", factor=0.5, patience=patience, min_delta=0
    )
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        yield float(model.optimizer.learning_rate)


LOSSES = [5, 4, 4, 6, 4, 3, 3, 3, 3, 3, 3, 1, 2, 0.5, 0.7, 0.6]


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_plateau_equals_that_of_keras(patience):
    schedule = Schedule(kind="plateau", plateau_epochs=patience, factor=0.5)
    rows = [row(i + 1, 0.5, loss) for i, loss in enumerate(LOSSES)]
    for last, wanted in enumerate(plateau_of_keras(LOSSES, patience), start=1):
        lowered = reductions(schedule, rows[:last], "val_loss")
        assert share(schedule, COURSE, 0, lowered) == wanted


def test_plateau_of_the_auc_waits_for_more():
    schedule = Schedule(kind="plateau", plateau_epochs=2)
    rows = [row(i + 1, auc, 1.0) for i, auc in enumerate([0.5, 0.6, 0.5, 0.6])]
    assert [reductions(schedule, rows[:n], "val_auc") for n in range(5)] == [
        *(0, 0, 0, 0),
        1,
    ]


def test_epochs_that_warm_up_are_no_plateau():
    schedule = Schedule(kind="plateau", plateau_epochs=2, warmup_epochs=3)
    rows = [row(i + 1, 0.5, 1.0) for i in range(5)]
    assert [reductions(schedule, rows[:n], "val_loss") for n in (3, 4, 5)] == [0, 0, 1]


def test_other_kinds_do_not_look_at_the_history():
    rows = [row(i + 1, 0.5, 1.0) for i in range(9)]
    assert reductions(Schedule(kind="cosine"), rows, "val_loss") == 0
