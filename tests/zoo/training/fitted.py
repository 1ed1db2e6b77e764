"""Fitting of the stand-in, whole and interrupted."""

import csv
import dataclasses

import keras
import numpy as np
import pytest

from tests.zoo.training import standin
from zoo.classifier import precision
from zoo.recipes.optimisation import Optimisation, Schedule
from zoo.recipes.transfer import Transfer
from zoo.training.fit import OutputPaths, fit
from zoo.training.fit_stages import TrainerState
from zoo.training.loop import stages
from zoo.training.loop.weight_averaging import Average

ONE_STAGE = Transfer()
TOLD = Optimisation(epochs=5, batch_size=standin.BATCH, learning_rate=0.01)
EVERYTHING = dataclasses.replace(
    TOLD,
    optimizer="adamw",
    weight_decay=0.1,
    accumulate=2,  # an epoch has 3 steps
    ema_decay=0.9,
    clip_norm=1.0,
    label_smoothing=0.1,
    focal_gamma=2.0,
    schedule=Schedule(kind="plateau", plateau_epochs=1, warmup_updates=3),
)


def paths(folder):
    folder.mkdir(exist_ok=True)
    return OutputPaths(
        checkpoints=folder / "checkpoints",
        history=folder / "history.csv",
        tensorboard=folder / "tensorboard",
    )


def run(
    folder, optimisation=TOLD, *, training_data=None, transfer=ONE_STAGE, **options
):
    """Fits a fresh classifier; gives the model and the best epoch."""
    keras.utils.set_random_seed(0)
    with precision.computing_in(optimisation.precision):
        training, inference = standin.classifier(**options)
    average = None
    if optimisation.ema_decay or optimisation.precision != "float32":
        _, follower = standin.classifier(seed=9, **options)
        average = Average(inference, follower, optimisation.ema_decay)
        inference = follower
    hidden = training.get_layer("hidden")
    trainer_state = TrainerState(
        training=training,
        inference=inference,
        average=average,
        enter=lambda frozen: setattr(hidden, "trainable", frozen != "all"),
        rate_shares=dict.fromkeys(map(id, hidden.variables), transfer.first_rate),
    )
    plan = stages.plan(transfer, optimisation)
    best = fit(
        trainer_state, training_data or standin.training_data(), paths(folder), plan
    )
    return training, best


def table(folder):
    with open(folder / "history.csv", encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def without_clock(rows):
    return [
        {k: v for k, v in row.items() if k not in ("seconds", "data_wait_share")}
        for row in rows
    ]


class InterruptedHereError(Exception):
    pass


class Interrupt(keras.callbacks.Callback):
    """Ends the process, so to say, in the middle of an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self._epoch = epoch
        self._here = 0

    def on_epoch_begin(self, epoch, logs=None):
        self._here = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        if self._here == self._epoch and batch == 1:
            raise InterruptedHereError


def interrupt(monkeypatch, epoch):
    """Makes the next fit die in the given epoch."""
    usual = keras.Model.fit

    def fit_and_die(self, *args, callbacks, **options):
        return usual(self, *args, callbacks=[*callbacks, Interrupt(epoch)], **options)

    monkeypatch.setattr(keras.Model, "fit", fit_and_die)


def assert_resumed_equals(
    folder, whole, tmp_path, monkeypatch, optimisation=TOLD, *, epoch=4, **options
):
    """Interrupts the run in an epoch, and compares all that is left in the end."""
    broken = tmp_path / "broken"
    with monkeypatch.context() as patched:
        interrupt(patched, epoch)
        with pytest.raises(InterruptedHereError):
            run(broken, optimisation, **options)
    assert len(table(broken)) == epoch - 1
    resumed, _ = run(broken, optimisation, **options)
    assert without_clock(table(broken)) == without_clock(table(folder))
    for one, other in zip(variables_of(whole), variables_of(resumed), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(kept(folder), kept(broken), strict=True):
        np.testing.assert_array_equal(one, other)


def variables_of(model):
    found = [*model.variables, *model.optimizer.variables]
    return [variable.value.numpy() for variable in found]


def kept(folder):
    """The weights of the model that a run has kept."""
    (path,) = (folder / "checkpoints").glob("best-*.keras")
    return keras.models.load_model(path).get_weights()
