import csv
import dataclasses
import hashlib
import json
import shutil
import zipfile

import keras
import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from tests.pipelines.records import small
from tests.zoo.training.trained import RECIPE, SPLITS, begin, data_set
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import of_split
from zoo.runs.run import Run
from zoo.training import fit as fitting
from zoo.training import new_run, precision_choice, train_run


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data):
    """A whole run and what training gave back."""
    run = begin(tmp_path_factory.mktemp("run") / "run", data)
    return run, train_run.train(run, data)


def test_a_finished_run_opens_and_holds_what_it_should(trained):
    run, evidence = trained
    assert Run.open(run.path) == run
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == evidence
    assert {path.name for path in run.path.iterdir()} == {
        *("recipe.toml", "dataset.json", "environment.json", "history.csv"),
        *("checkpoints", "tensorboard", "model.keras", "predictions.csv"),
        *("features.npz", "metrics.json", "figures"),
    }


def test_predictions_are_of_every_sample_once_with_its_split(trained):
    run, _ = trained
    found = predictions_file.read(run.predictions_path, run.task.target)
    assert len(set(found.sample_id)) == 17
    assert {s: found.split.count(s) for s in set(found.split)} == {
        split: count for (split, _), count in SPLITS.items()
    }
    numbers = [small.seed_of(name) for name in found.sample_id]
    np.testing.assert_array_equal(found.label, np.array(numbers) % 2)


def test_validation_predictions_score_what_the_history_says_of_the_best_epoch(trained):
    run, _ = trained
    found = predictions_file.read(run.predictions_path, run.task.target)
    chosen = of_split(found, "validation")
    true = chosen.probabilities[np.arange(len(chosen)), chosen.label]
    with open(run.history_path, encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    best = max(rows, key=lambda row: (float(row["val_auc"]), -float(row["val_loss"])))
    assert -np.mean(np.log(true)) == pytest.approx(float(best["val_loss"]), rel=1e-4)


@pytest.mark.slow
def test_a_run_killed_after_its_last_epoch_is_finished_by_training_again(
    trained, data, tmp_path, monkeypatch
):
    def die(*_, **__):
        raise KeyboardInterrupt

    run = begin(tmp_path / "run", data)
    with monkeypatch.context() as patched:
        patched.setattr(train_run, "conclude", die)
        with pytest.raises(KeyboardInterrupt):
            train_run.train(run, data)
    with pytest.raises(DataError, match="unfinished"):
        Run.open(run.path)
    train_run.train(run, data)
    assert run.predictions_path.read_bytes() == trained[0].predictions_path.read_bytes()


def test_resumed_run_gives_the_same_predictions_byte_for_byte(
    trained, data, tmp_path, monkeypatch
):
    def kill(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt

    run = begin(tmp_path / "run", data)
    with monkeypatch.context() as patched:
        patched.setattr(fitting.Progress, "on_epoch_begin", kill)
        with pytest.raises(KeyboardInterrupt):
            train_run.train(run, data)
    assert len(run.history_path.read_text(encoding="utf-8").splitlines()) == 2
    train_run.train(run, data)
    assert run.predictions_path.read_bytes() == trained[0].predictions_path.read_bytes()


def test_a_fold_is_trained_without_its_test_patients(tmp_path):
    counts = {("fold", str(i)): 4 for i in range(3)}
    data = data_set(tmp_path / "records", counts=counts, kind="folds", folds=3)
    run = begin(tmp_path / "run", data, fold="1")
    train_run.train(run, data)
    found = predictions_file.read(run.predictions_path, run.task.target)
    assert set(found.fold) == {"1"}
    test = of_split(found, "test")
    assert [small.seed_of(name) for name in test.sample_id] == [4, 5, 6, 7]


def begin_from(path, data, origin):
    recipe = dataclasses.replace(RECIPE, weights="run")
    return new_run.begin(
        path,
        recipe=recipe,
        data=data,
        fold=None,
        options={},
        weights_from=str(origin.path),
    )


def test_a_run_from_another_says_which_weights_and_no_path(trained, data, tmp_path):
    origin, _ = trained
    run = begin_from(tmp_path / "run", data, origin)
    assert run.recipe == dataclasses.replace(RECIPE, weights="run", pixels="none")
    text = (run.path / "environment.json").read_text(encoding="utf-8")
    sha256 = hashlib.sha256(origin.model_path.read_bytes()).hexdigest()
    assert json.loads(text)["weights"] == {"sha256": sha256, "published": ""}
    assert str(origin.path.parent) not in text


def test_a_run_from_another_begins_with_its_backbone(
    trained, data, tmp_path, monkeypatch
):
    class SeenError(Exception):
        pass

    def fit(run, network, *_):
        raise SeenError(network.backbone.get_weights())

    origin, _ = trained
    run = begin_from(tmp_path / "run", data, origin)
    with pytest.raises(UsageError, match="Name its directory by --weights RUN"):
        train_run.train(run, data)
    monkeypatch.setattr(train_run, "fit", fit)
    with pytest.raises(SeenError) as seen:
        train_run.train(run, data, weights_from=str(origin.path))
    theirs = keras.models.load_model(origin.model_path).get_layer("cnn3d")
    (ours,) = seen.value.args
    assert all(map(np.array_equal, ours, theirs.get_weights()))


def test_a_run_is_not_resumed_with_other_weights(trained, data, tmp_path):
    origin, _ = trained
    run = begin_from(tmp_path / "run", data, origin)
    other = shutil.copytree(origin.path, tmp_path / "other")
    with zipfile.ZipFile(other / "model.keras", "a") as model:
        model.writestr("note.txt", "the same weights in another file")
    with pytest.raises(UsageError, match="begun with the weights of SHA-256 .*--weigh"):
        train_run.train(run, data, weights_from=str(other))
    assert not run.checkpoints_path.exists()


def test_the_precision_that_the_device_decides_is_written_down(
    data, tmp_path, monkeypatch
):
    def told(**settings):
        optimisation = dataclasses.replace(RECIPE.optimisation, **settings)
        return dataclasses.replace(RECIPE, optimisation=optimisation)

    gpus = train_run.precision.gpus
    monkeypatch.setattr(train_run.precision, "gpus", lambda: [(8, 0)])
    run = begin(tmp_path / "gpu", data, recipe=told(precision="auto"))
    assert run.recipe.optimisation.precision == "mixed_bfloat16"
    monkeypatch.setattr(train_run.precision, "gpus", lambda: [])
    trial = precision_choice.Trial(fault="the layer stem gets its output wrong", gain=2)
    monkeypatch.setattr(precision_choice, "_trial", lambda *_: trial)
    with pytest.raises(UsageError, match="mixed_bfloat16 on this CPU: the layer stem"):
        train_run.train(run, data)
    with pytest.raises(UsageError, match="xla wants a GPU"):
        begin(tmp_path / "xla", data, recipe=told(xla=True))
    run = begin(tmp_path / "cpu", data, recipe=told(precision="auto"))
    assert run.recipe.optimisation.precision == "float32"
    assert all(len(capability) == 2 for capability in gpus())


def test_another_data_set_is_an_error(trained, data):
    other = dataclasses.replace(data, digest="f" * 64)
    with pytest.raises(DataError, match="begun with another data set"):
        train_run.train(trained[0], other)


def test_a_damaged_shard_is_named(tmp_path):
    data = data_set(tmp_path / "records")
    run = begin(tmp_path / "run", data)
    shard = next(s for s in data.shards if s.group == "validation")
    path = tmp_path / "records" / shard.name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="validation-00000-of"):
        train_run.train(run, data)


@pytest.mark.slow
def test_a_network_of_slices_is_trained_on_drawn_slices(tmp_path):
    (tmp_path / "records").mkdir()
    data = small.data_set(tmp_path / "records", small.task(shape=(4, 32, 32)), SPLITS)
    recipe = dataclasses.replace(RECIPE, arch="inception")
    run = begin(tmp_path / "run", data, recipe=recipe)
    train_run.train(run, data)
    assert Run.open(run.path).channels == ("T2", "T1")
