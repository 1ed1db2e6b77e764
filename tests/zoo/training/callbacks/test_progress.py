import dataclasses

from tests.zoo.runs.test_history import ROWS
from zoo.training.callbacks.progress import line


def test_an_epoch_in_words_with_the_time_left():
    assert line(ROWS, 64) == (
        "epoch 4/64: loss 0.3000, accuracy 0.500, val_loss 0.4000, "
        "val_accuracy 0.500, val_auc 0.900, 1.0 s (1.0% waiting for data), "
        "at most 1.0 min left"
    )


def test_further_targets_stand_behind_the_main_one():
    row = dataclasses.replace(ROWS[0], val_losses={"stage": 0.75})
    assert "val_auc 0.700, val_loss_stage 0.7500, 1.0 s" in line([row], 64)
