import csv
import dataclasses
import shutil

import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.learning import standin
from zoo.learning import checkpoint
from zoo.learning.fitting import Places, fit
from zoo.learning.inference import Inference
from zoo.learning.validation import scores
from zoo.recipe import Optimisation

TOLD = Optimisation(epochs=5, batch_size=standin.BATCH, learning_rate=0.01)


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


def places(folder):
    folder.mkdir(exist_ok=True)
    return Places(
        checkpoints=folder / "checkpoints",
        history=folder / "history.csv",
        tensorboard=folder / "tensorboard",
    )


def run(folder, optimisation=TOLD, *, lessons=None, **options):
    """Fits a fresh classifier; gives the model and the best epoch."""
    keras.utils.set_random_seed(0)
    training, inference = standin.classifier(**options)
    best = fit(
        training=training,
        inference=inference,
        lessons=lessons or standin.lessons(),
        places=places(folder),
        optimisation=optimisation,
    )
    return training, best


def table(folder):
    with open(folder / "history.csv", newline="") as opened:
        return list(csv.DictReader(opened))


def without_clock(rows):
    return [
        {k: v for k, v in row.items() if k not in ("seconds", "data_wait_share")}
        for row in rows
    ]


def interrupt(monkeypatch, epoch):
    """Makes the next fit die in the given epoch."""
    usual = keras.Model.fit

    def fit_and_die(self, *args, callbacks, **options):
        return usual(self, *args, callbacks=[*callbacks, Interrupt(epoch)], **options)

    monkeypatch.setattr(keras.Model, "fit", fit_and_die)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Folder, model and best epoch of one whole run."""
    folder = tmp_path_factory.mktemp("finished")
    return folder, *run(folder)


def test_resumed_run_equals_the_uninterrupted_one_bit_by_bit(
    tmp_path, monkeypatch, finished
):
    folder, whole, best = finished
    with monkeypatch.context() as patched:
        interrupt(patched, 4)
        with pytest.raises(InterruptedHereError):
            run(tmp_path / "broken")
    assert len(table(tmp_path / "broken")) == 3
    resumed, best_resumed = run(tmp_path / "broken")

    assert without_clock(table(tmp_path / "broken")) == without_clock(table(folder))
    assert best_resumed.epoch == best.epoch
    pairs = zip(
        [*whole.variables, *whole.optimizer.variables],
        [*resumed.variables, *resumed.optimizer.variables],
        strict=True,
    )
    for variable, other in pairs:
        np.testing.assert_array_equal(variable.value.numpy(), other.value.numpy())


def test_a_finished_run_is_not_trained_again_and_its_history_is_mended(
    finished, tmp_path
):
    copy = shutil.copytree(finished[0], tmp_path / "copy")
    before = (copy / "history.csv").read_bytes()
    (copy / "history.csv").unlink()
    run(copy)
    assert (copy / "history.csv").read_bytes() == before
    assert [row["epoch"] for row in table(copy)] == list("12345")


def test_loss_falls_and_the_best_model_is_kept_alone(finished):
    folder, _, best = finished
    rows = table(folder)
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == [
        f"best-{best.epoch:04d}.keras",
        "epoch-0005",
    ]


def test_kept_model_scores_what_the_history_says(finished):
    folder, _, best = finished
    path = checkpoint.best_path(folder / "checkpoints", best.epoch)
    model = keras.models.load_model(path)
    found = scores(
        Inference(model).answer(standin.evaluation(seed=2), name="validation")
    )
    assert found["val_loss"] == pytest.approx(best.val_loss, rel=1e-6)
    assert found["val_auc"] == best.val_auc


def test_the_stream_of_batches_is_opened_once(tmp_path):
    opened = []
    short = Optimisation(epochs=2, batch_size=standin.BATCH)
    run(tmp_path / "run", short, lessons=standin.lessons(opened=opened))
    assert opened[:2] == [0, 1]
    assert len(set(opened)) == len(opened)


def test_training_stops_when_patience_is_over(tmp_path):
    still = Optimisation(
        epochs=9, batch_size=standin.BATCH, learning_rate=1e-12, patience=2
    )
    run(tmp_path / "run", still)
    assert len(table(tmp_path / "run")) == 3


def test_main_head_alone_has_the_same_history_columns(tmp_path):
    run(tmp_path / "run", auxiliary=False)
    rows = table(tmp_path / "run")
    assert list(rows[0]) == [
        "epoch",
        "seconds",
        "data_wait_share",
        "learning_rate",
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
        "val_auc",
    ]
    assert all(0 <= float(row["data_wait_share"]) <= 1 for row in rows)


def test_a_clipped_gradient_moves_nothing_where_the_norm_is_next_to_nothing(tmp_path):
    # Far below Adam's epsilon: there the length of a gradient is the length of a step.
    run(tmp_path / "run", dataclasses.replace(TOLD, epochs=2, clip_norm=1e-12))
    first, last = (float(row["val_loss"]) for row in table(tmp_path / "run"))
    assert last == pytest.approx(first, abs=1e-6)


def test_divergence_stops_with_cause_and_cure(tmp_path):
    wild = Optimisation(epochs=5, batch_size=standin.BATCH, learning_rate=1e38)
    with pytest.raises(DataError, match="diverged.*--optimisation.learning-rate"):
        run(tmp_path / "run", wild)


def test_nan_input_is_named_as_the_cause(tmp_path):
    with pytest.raises(DataError, match="before any finite one.*no numbers"):
        run(tmp_path / "run", lessons=standin.lessons(signal=float("nan")))


def test_missing_best_model_is_an_error(finished, tmp_path):
    copy = shutil.copytree(finished[0], tmp_path / "copy")
    checkpoint.best_path(copy / "checkpoints", finished[2].epoch).unlink()
    with pytest.raises(DataError, match="model of the best epoch, .* is missing"):
        run(copy)
