import csv
import dataclasses
import shutil

import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.learning import standin
from zoo import precision
from zoo.learning import checkpoint, stages
from zoo.learning.averaging import Average
from zoo.learning.fitting import Learner, Places, fit
from zoo.learning.inference import Inference
from zoo.learning.scoring import scores
from zoo.optimisation import Optimisation, Schedule
from zoo.transfer import Transfer

ONE_STAGE = Transfer()
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


def run(folder, optimisation=TOLD, *, lessons=None, transfer=ONE_STAGE, **options):
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
    learner = Learner(
        training=training,
        inference=inference,
        average=average,
        enter=lambda frozen: setattr(hidden, "trainable", frozen != "all"),
        rate_shares=dict.fromkeys(map(id, hidden.variables), transfer.first_rate),
    )
    plan = stages.plan(transfer, optimisation)
    best = fit(learner, lessons or standin.lessons(), places(folder), plan)
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


def test_resumed_run_equals_the_uninterrupted_one_bit_by_bit(
    tmp_path, monkeypatch, finished
):
    folder, whole, _ = finished
    assert_resumed_equals(folder, whole, tmp_path, monkeypatch)


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


def test_every_means_of_optimisation_is_resumed_bit_by_bit(tmp_path, monkeypatch):
    whole, _ = run(tmp_path / "whole", EVERYTHING)
    assert_resumed_equals(tmp_path / "whole", whole, tmp_path, monkeypatch, EVERYTHING)
    rates = [float(row["learning_rate"]) for row in table(tmp_path / "whole")]
    assert rates[0] != rates[2] != rates[4], "a plateau before the end, and after it"


IN_STAGES = dataclasses.replace(
    TOLD,
    epochs=2,
    accumulate=2,
    ema_decay=0.5,
    optimizer="sgd",
    momentum=0.9,
    precision="mixed_float16",
    schedule=Schedule(kind="cosine", warmup_updates=1),
)
TWO = Transfer(frozen=("all", "none"), epochs=(2,), rates=(0.5,), first_rate=0.1)


@pytest.fixture(scope="module")
def in_stages(tmp_path_factory):
    """Folder and model of a run of two stages."""
    folder = tmp_path_factory.mktemp("stages")
    return folder, run(folder, IN_STAGES, transfer=TWO)[0]


@pytest.mark.parametrize(
    "epoch",
    [pytest.param(2, marks=pytest.mark.slow), 3],  # within one, between two
)
def test_stages_are_resumed_bit_by_bit_between_them_and_within(
    epoch, in_stages, tmp_path, monkeypatch
):
    assert_resumed_equals(
        *in_stages, tmp_path, monkeypatch, IN_STAGES, epoch=epoch, transfer=TWO
    )


def test_the_history_says_which_stage_an_epoch_is_of_and_its_rate(in_stages):
    rows = table(in_stages[0])
    assert [row["stage"] for row in rows] == list("1122")
    assert [row["epoch"] for row in rows] == list("1234")
    last = [float(rows[i]["learning_rate"]) for i in (1, 3)]
    assert last[0] == last[1] / 2, "the cosine falls in every stage, from its rate"


def test_a_stage_of_the_head_leaves_the_backbone_as_it_is(tmp_path, capsys):
    model, _ = run(
        tmp_path / "run",
        dataclasses.replace(TOLD, epochs=1, learning_rate=1e-30),
        transfer=Transfer(frozen=("all", "none"), epochs=(2,), rates=(1e28,)),
    )
    fresh, _ = standin.classifier()
    moved = {
        layer.name
        for layer, other in zip(model.layers, fresh.layers, strict=True)
        for weight, old in zip(layer.get_weights(), other.get_weights(), strict=True)
        if not np.allclose(weight, old, rtol=0, atol=1e-9)
    }
    assert moved == {"logits", "auxiliary_0"}
    said = capsys.readouterr().err
    assert "stage 1 of 2: trains the head alone, learning rate 0.01, 2 epochs" in said


HEAD_FIRST = Transfer(frozen=("all", "none"), epochs=(4,))


def test_patience_ends_a_stage_and_not_the_training(tmp_path):
    still = dataclasses.replace(TOLD, learning_rate=1e-12, patience=1, epochs=3)
    run(tmp_path / "run", still, transfer=HEAD_FIRST)
    assert [row["stage"] for row in table(tmp_path / "run")] == list("1122")


def test_half_precision_is_resumed_bit_by_bit_and_keeps_a_model_in_full(
    tmp_path, monkeypatch
):
    told = dataclasses.replace(TOLD, precision="mixed_float16", epochs=3, accumulate=2)
    whole, best = run(tmp_path / "whole", told)
    assert whole.get_layer("hidden").compute_dtype == "float16"
    assert isinstance(whole.optimizer, keras.optimizers.LossScaleOptimizer)
    assert_resumed_equals(
        tmp_path / "whole", whole, tmp_path, monkeypatch, told, epoch=2
    )
    path = checkpoint.best_path(tmp_path / "whole" / "checkpoints", best.epoch)
    model = keras.models.load_model(path)
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    answers = Inference(model).answer(standin.evaluation(seed=2), name="validation")
    found = scores(answers, standin.LEARNED[0].aim)
    assert found["val_loss"] == pytest.approx(best.val_loss, rel=1e-6)


@pytest.mark.slow
def test_xla_computes_the_same_step(tmp_path):
    """Where it pays is another matter; here every operation can be compiled."""
    found = []
    for xla in (False, True):
        told = dataclasses.replace(TOLD, epochs=2, accumulate=2, xla=xla)
        model, _ = run(tmp_path / str(xla), told, dropout=0.0)
        found.append(model.get_weights())
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_two_steps_of_32_equal_one_of_64(tmp_path):
    """Without batch normalisation, and with all that counts in updates."""
    shared = dataclasses.replace(
        EVERYTHING,
        epochs=4,
        batch_size=32,
        schedule=Schedule(kind="cosine", warmup_updates=3),
    )
    found = {}
    for batch, accumulate in ((32, 2), (64, 1)):
        folder = tmp_path / str(batch)
        model, _ = run(
            folder,
            dataclasses.replace(shared, batch_size=batch, accumulate=accumulate),
            lessons=standin.lessons(samples=192, batch=batch),
            dropout=0.0,
        )
        found[batch] = [*model.get_weights(), *kept(folder)]
    for two, one in zip(found[32], found[64], strict=True):
        np.testing.assert_allclose(two, one, rtol=0, atol=1e-5)


def test_gradients_left_over_by_an_epoch_are_used_in_the_next(tmp_path):
    """Three epochs of 3 steps are four updates, and a half in the checkpoint."""
    told = dataclasses.replace(TOLD, epochs=3, accumulate=2)
    model, _ = run(tmp_path / "run", told)
    assert int(model.optimizer.iterations) == 4
    left = [
        variable.value.numpy()
        for variable in model.optimizer.variables
        if "gradient_accumulator" in variable.name
    ]
    assert len(left) == len(model.trainable_variables)
    assert any(np.any(gradient) for gradient in left)


def scored(inference):
    answers = Inference(inference).answer(standin.evaluation(seed=2), name="validation")
    return scores(answers, standin.LEARNED[0].aim)


def test_the_average_is_what_is_validated_and_kept(tmp_path):
    told = dataclasses.replace(TOLD, epochs=1, ema_decay=0.9)
    model, best = run(tmp_path / "run", told, auxiliary=False)
    trained = [np.array(weight) for weight in model.get_weights()]
    assert not all(map(np.array_equal, trained, kept(tmp_path / "run")))
    _, inference = standin.classifier(auxiliary=False)
    inference.set_weights(kept(tmp_path / "run"))
    assert scored(inference)["val_loss"] == pytest.approx(best.val_loss, rel=1e-6)


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
    found = scored(model)
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
        "stage",
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
    with pytest.raises(DataError, match="diverged.*--lr 1e\\+37 or --lr auto"):
        run(tmp_path / "run", wild)


def test_nan_input_is_named_as_the_cause(tmp_path):
    with pytest.raises(DataError, match="before any finite one.*no numbers"):
        run(tmp_path / "run", lessons=standin.lessons(signal=float("nan")))


def test_missing_best_model_is_an_error(finished, tmp_path):
    copy = shutil.copytree(finished[0], tmp_path / "copy")
    checkpoint.best_path(copy / "checkpoints", finished[2].epoch).unlink()
    with pytest.raises(DataError, match="model of the best epoch, .* is missing"):
        run(copy)
