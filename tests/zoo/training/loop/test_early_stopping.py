import dataclasses

import pytest

from zoo.recipes.optimisation import Optimisation
from zoo.runs.history import Epoch
from zoo.training.loop.early_stopping import reason

OPTIMISATION = Optimisation(epochs=9, patience=2, monitor="val_auc")


def rows(losses, aucs):
    return [
        Epoch(
            epoch=number,
            seconds=1.0,
            data_wait_share=0.0,
            learning_rate=1e-3,
            loss=loss,
            accuracy=0.5,
            val_loss=0.7,
            val_accuracy=0.5,
            val_auc=auc,
        )
        for number, (loss, auc) in enumerate(zip(losses, aucs, strict=True), start=1)
    ]


def test_all_epochs_trained_need_no_reason():
    assert reason(rows([0.7] * 9, [0.5] * 9), OPTIMISATION) == ""
    assert reason([], OPTIMISATION) == ""


def test_patience_is_named_with_the_best_epoch():
    said = reason(rows([0.7, 0.5, 0.4], [0.8, 0.7, 0.7]), OPTIMISATION)
    assert said == (
        "stopped after epoch 3 of 9: no improvement of val_auc over 0.8000 (epoch 1) "
        "for 2 epochs"
    )


def test_epochs_without_gain_count_from_the_first_of_equal_values():
    found = rows([0.7, 0.5, 0.4], [0.8, 0.8, 0.8])
    found[2] = dataclasses.replace(found[2], val_loss=0.1)  # the one that is kept
    assert "over 0.8000 (epoch 1) for 2 epochs" in reason(found, OPTIMISATION)


@pytest.mark.parametrize(
    ("losses", "advice"),
    [
        ([0.70, 0.69, 0.69], "Neither the training nor the validation patients"),
        ([0.70, 0.40, 0.10], "The training patients were learned, the validation"),
    ],
)
def test_a_run_that_learned_nothing_gets_advice(losses, advice):
    assert advice in reason(rows(losses, [0.5, 0.5, 0.52]), OPTIMISATION)


@pytest.mark.parametrize(("explained", "advised"), [(-0.1, True), (0.4, False)])
def test_a_regression_that_explains_nothing(explained, advised):
    found = [
        Epoch(
            epoch=number,
            seconds=1.0,
            data_wait_share=0.0,
            learning_rate=1e-3,
            loss=1.0,
            val_loss=1.0,
            val_mae=3.0,
            val_r2=explained,
        )
        for number in (1, 2, 3)
    ]
    said = reason(found, Optimisation(epochs=9, patience=2, monitor="val_loss"))
    assert ("were learned" in said) == advised


def test_epochs_are_counted_over_all_stages():
    found = rows([0.9, 0.8, 0.7, 0.5, 0.4], [0.9, 0.6, 0.8, 0.7, 0.7])
    found = [dataclasses.replace(row, stage=1 + (row.epoch > 2)) for row in found]
    assert reason(found, OPTIMISATION) == (
        "stopped after epoch 5 of 11: no improvement of val_auc over 0.8000 (epoch 3) "
        "for 2 epochs"
    )
