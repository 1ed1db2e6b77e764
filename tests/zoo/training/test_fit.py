import dataclasses
import shutil

import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.training import standin
from tests.zoo.training.fitted import EVERYTHING, TOLD, kept, run, table
from zoo.recipes.optimisation import Optimisation, Schedule
from zoo.training.callbacks.validation_scores import scores
from zoo.training.loop import checkpoint
from zoo.training.loop.inference import Inference


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Folder, model and best epoch of one whole run."""
    folder = tmp_path_factory.mktemp("finished")
    return folder, *run(folder)


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


@pytest.mark.slow
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
            training_data=standin.training_data(samples=192, batch=batch),
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
    answers = Inference(inference).predict(
        standin.evaluation(seed=2), name="validation"
    )
    return scores(answers, standin.LEARNED[0].target_output, Optimisation())


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
    run(tmp_path / "run", short, training_data=standin.training_data(opened=opened))
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
        run(tmp_path / "run", training_data=standin.training_data(signal=float("nan")))


def test_missing_best_model_is_an_error(finished, tmp_path):
    copy = shutil.copytree(finished[0], tmp_path / "copy")
    checkpoint.best_path(copy / "checkpoints", finished[2].epoch).unlink()
    with pytest.raises(DataError, match="model of the best epoch, .* is missing"):
        run(copy)
