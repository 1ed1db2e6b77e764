import csv
import dataclasses
import hashlib
import json

import keras
import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from tests.pipelines.records import small
from zoo import training
from zoo.evidence import predictions
from zoo.learning import fitting
from zoo.learning.range_test import Point
from zoo.optimisation import Optimisation, RangeTest
from zoo.recipe import Evaluation, Recipe, Slices
from zoo.run import Run
from zoo.weights import download

RECIPE = Recipe(
    arch="cnn3d",
    sequences=("T2", "T1"),
    optimisation=Optimisation(
        epochs=2, batch_size=4, class_weights="balanced", ema_decay=0.5
    ),
    evaluation=Evaluation(bootstrap=20),
)
SPLITS = {("train", ""): 9, ("validation", ""): 4, ("test", ""): 4}


def data_set(folder, *, counts=None, **split):
    folder.mkdir()
    task = small.task(shape=(16, 16, 16), **split)
    return small.data_set(folder, task, counts or SPLITS)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


def begin(path, data, *, recipe=RECIPE, fold=None):
    return training.begin(path, recipe=recipe, data=data, fold=fold, options={})


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data):
    """A whole run and what training gave back."""
    run = begin(tmp_path_factory.mktemp("run") / "run", data)
    return run, training.train(run, data)


def test_a_finished_run_opens_and_holds_what_it_should(trained):
    run, evidence = trained
    assert Run.open(run.path) == run
    assert json.loads(run.metrics_path.read_text()) == evidence
    assert {path.name for path in run.path.iterdir()} == {
        *("recipe.toml", "dataset.json", "environment.json", "history.csv"),
        *("checkpoints", "tensorboard", "model.keras", "predictions.csv"),
        *("metrics.json", "figures"),
    }


def test_predictions_are_of_every_sample_once_with_its_split(trained):
    run, _ = trained
    found = predictions.read(run.predictions_path, run.classes)
    assert len(set(found.sample_id)) == 17
    assert {s: found.split.count(s) for s in set(found.split)} == {
        split: count for (split, _), count in SPLITS.items()
    }
    numbers = [int(name, 16) for name in found.sample_id]
    np.testing.assert_array_equal(found.label, np.array(numbers) % 2)


def test_validation_predictions_score_what_the_history_says_of_the_best_epoch(trained):
    run, _ = trained
    found = predictions.read(run.predictions_path, run.classes)
    chosen = predictions.of_split(found, "validation")
    true = chosen.probabilities[np.arange(len(chosen)), chosen.label]
    with open(run.history_path, newline="") as opened:
        rows = list(csv.DictReader(opened))
    best = max(rows, key=lambda row: (float(row["val_auc"]), -float(row["val_loss"])))
    assert -np.mean(np.log(true)) == pytest.approx(float(best["val_loss"]), rel=1e-4)


def test_a_run_killed_after_its_last_epoch_is_finished_by_training_again(
    trained, data, tmp_path, monkeypatch
):
    def die(*_, **__):
        raise KeyboardInterrupt

    run = begin(tmp_path / "run", data)
    with monkeypatch.context() as patched:
        patched.setattr(training, "conclude", die)
        with pytest.raises(KeyboardInterrupt):
            training.train(run, data)
    with pytest.raises(DataError, match="unfinished"):
        Run.open(run.path)
    training.train(run, data)
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
            training.train(run, data)
    assert len(run.history_path.read_text().splitlines()) == 2
    training.train(run, data)
    assert run.predictions_path.read_bytes() == trained[0].predictions_path.read_bytes()


def test_a_fold_is_trained_without_its_test_patients(tmp_path):
    counts = {("fold", str(i)): 4 for i in range(3)}
    data = data_set(tmp_path / "records", counts=counts, kind="folds", folds=3)
    run = begin(tmp_path / "run", data, fold="1")
    training.train(run, data)
    found = predictions.read(run.predictions_path, run.classes)
    assert set(found.fold) == {"1"}
    test = predictions.of_split(found, "test")
    assert [int(name, 16) for name in test.sample_id] == [4, 5, 6, 7]


def begin_from(path, data, origin):
    recipe = dataclasses.replace(RECIPE, weights="run")
    return training.begin(
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
    text = (run.path / "environment.json").read_text()
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
        training.train(run, data)
    monkeypatch.setattr(training, "fit", fit)
    with pytest.raises(SeenError) as seen:
        training.train(run, data, weights_from=str(origin.path))
    theirs = keras.models.load_model(origin.model_path).get_layer("cnn3d")
    (ours,) = seen.value.args
    assert all(map(np.array_equal, ours, theirs.get_weights()))


AUTO = dataclasses.replace(
    RECIPE,
    optimisation=dataclasses.replace(
        RECIPE.optimisation,
        learning_rate="auto",
        range_test=RangeTest(epochs=20, lowest=1e-5),
    ),
)


def searched(run, data, monkeypatch):
    """The run and the weights that fitting is given; it does not begin."""

    class SeenError(Exception):
        pass

    def fit(run, network, *_):
        raise SeenError(run, network.training.get_weights())

    with monkeypatch.context() as patched:
        patched.setattr(training, "fit", fit)
        with pytest.raises(SeenError) as seen:
            training.train(run, data)
    return seen.value.args


def test_a_found_rate_is_written_into_the_recipe_and_the_weights_are_as_before(
    data, tmp_path, monkeypatch
):
    auto = begin(tmp_path / "auto", data, recipe=AUTO)
    run, weights = searched(auto, data, monkeypatch)
    rate = run.recipe.optimisation.learning_rate
    assert 1e-8 <= rate <= 1
    assert Run.resume(auto.path) == run
    assert (run.path / "range_test.png").stat().st_size > 0
    assert len((run.path / "range_test.csv").read_text().splitlines()) > 10
    plain, initial = searched(begin(tmp_path / "plain", data), data, monkeypatch)
    assert plain.recipe.optimisation.learning_rate == 3e-4
    assert all(map(np.array_equal, weights, initial))


def test_a_run_killed_in_the_range_test_makes_it_again(data, tmp_path, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    asked = []

    def find(model, lessons, optimisation, rate_shares):
        asked.append(optimisation.learning_rate)
        losses = [*range(20, 10, -1), *range(10)]
        return [
            Point(learning_rate=1e-3 * i, loss=loss, smoothed_loss=loss)
            for i, loss in enumerate(losses)
        ]

    monkeypatch.setattr(training.range_test, "find", find)
    run = begin(tmp_path / "run", data, recipe=AUTO)
    with monkeypatch.context() as patched:
        patched.setattr(training.range_curve, "draw", die)
        with pytest.raises(KeyboardInterrupt):
            training.train(run, data)
    run, _ = searched(Run.resume(run.path), data, monkeypatch)
    assert run.recipe.optimisation.learning_rate == 1e-3
    searched(Run.resume(run.path), data, monkeypatch)
    assert asked == ["auto", "auto"], "the third time there is nothing to find"


def test_the_precision_that_the_device_decides_is_written_down(
    data, tmp_path, monkeypatch
):
    def told(**settings):
        optimisation = dataclasses.replace(RECIPE.optimisation, **settings)
        return dataclasses.replace(RECIPE, optimisation=optimisation)

    gpus = training.precision.gpus
    monkeypatch.setattr(training.precision, "gpus", lambda: [(8, 0)])
    run = begin(tmp_path / "gpu", data, recipe=told(precision="auto"))
    assert run.recipe.optimisation.precision == "mixed_bfloat16"
    monkeypatch.setattr(training.precision, "gpus", lambda: [])
    with pytest.raises(UsageError, match="mixed_bfloat16 wants a GPU"):
        training.train(run, data)
    with pytest.raises(UsageError, match="xla wants a GPU"):
        begin(tmp_path / "xla", data, recipe=told(xla=True))
    run = begin(tmp_path / "cpu", data, recipe=told(precision="auto"))
    assert run.recipe.optimisation.precision == "float32"
    assert all(len(capability) == 2 for capability in gpus())


def test_a_range_test_of_too_few_updates_makes_no_run(data, tmp_path):
    optimisation = dataclasses.replace(RECIPE.optimisation, learning_rate="auto")
    recipe = dataclasses.replace(RECIPE, optimisation=optimisation)
    with pytest.raises(DataError, match="wants 20 updates.*range-test.epochs 10"):
        begin(tmp_path / "run", data, recipe=recipe)
    assert not (tmp_path / "run").exists()


def test_an_existing_directory_is_an_error(data, tmp_path):
    with pytest.raises(UsageError, match="exists"):
        begin(tmp_path, data)


def test_another_data_set_is_an_error(trained, data):
    other = dataclasses.replace(data, digest="f" * 64)
    with pytest.raises(DataError, match="begun with another data set"):
        training.train(trained[0], other)


def test_an_empty_validation_split_makes_no_run(tmp_path):
    counts = {("train", ""): 6, ("test", ""): 4}
    data = data_set(tmp_path / "records", counts=counts)
    with pytest.raises(DataError, match="validation split wants"):
        begin(tmp_path / "run", data)
    assert not (tmp_path / "run").exists()


def test_a_train_split_too_small_for_one_update_makes_no_run(data, tmp_path):
    optimisation = dataclasses.replace(RECIPE.optimisation, accumulate=3)
    recipe = dataclasses.replace(RECIPE, optimisation=optimisation)
    with pytest.raises(DataError, match="3 steps of 4 samples, 12 in all"):
        begin(tmp_path / "run", data, recipe=recipe)
    assert not (tmp_path / "run").exists()


def test_an_unknown_sequence_is_an_error(data, tmp_path):
    recipe = dataclasses.replace(RECIPE, sequences=("FLAIR",))
    with pytest.raises(UsageError, match="channels T1, T2.*Received: FLAIR"):
        begin(tmp_path / "run", data, recipe=recipe)


def test_an_unknown_network_is_an_error(data, tmp_path):
    recipe = dataclasses.replace(RECIPE, arch="nonsense")
    with pytest.raises(UsageError, match="no architecture named 'nonsense'"):
        begin(tmp_path / "run", data, recipe=recipe)


def test_a_slice_policy_for_whole_volumes_is_an_error(data, tmp_path):
    recipe = dataclasses.replace(RECIPE, slices=Slices(train=3))
    with pytest.raises(UsageError, match="cnn3d sees whole volumes"):
        begin(tmp_path / "run", data, recipe=recipe)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"arch": "resnet3d18"}, DataError, "resnet3d18 wants at least 8 voxels"),
        ({"weights": "imagenet"}, UsageError, "no ImageNet weights for cnn3d"),
        (
            {"arch": "inception", "weights": "imagenet"},
            DataError,
            "can't be fetched.*Put one of these into",
        ),
        (
            {"arch": "inception", "weights": "imagenet", "normalisation": "none"},
            DataError,
            "ImageNet weights want intensities of a known range",
        ),
        (
            {"arch": "inception", "slices": Slices(train=5)},
            DataError,
            "slices.train wants 5 different slices",
        ),
    ],
)
def test_what_cannot_be_built_makes_no_run(
    changes, error, message, tmp_path, monkeypatch
):
    def offline(url, part):
        raise DataError(f"{url} can't be fetched")

    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setattr(download, "fetch", offline)
    (tmp_path / "records").mkdir()
    depth = 8 if "arch" not in changes else 4
    task = small.task(shape=(depth, 32, 32))
    data = small.data_set(tmp_path / "records", task, SPLITS)
    with pytest.raises(error, match=message):
        begin(tmp_path / "run", data, recipe=dataclasses.replace(RECIPE, **changes))
    assert not (tmp_path / "run").exists()


def test_a_fold_of_a_data_set_without_folds_is_an_error(data, tmp_path):
    with pytest.raises(UsageError, match="has no folds"):
        begin(tmp_path / "run", data, fold="0")


def test_a_damaged_shard_is_named(tmp_path):
    data = data_set(tmp_path / "records")
    run = begin(tmp_path / "run", data)
    shard = next(s for s in data.shards if s.group == "validation")
    path = tmp_path / "records" / shard.name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="validation-00000-of"):
        training.train(run, data)


@pytest.mark.slow
def test_a_network_of_slices_is_trained_on_drawn_slices(tmp_path):
    (tmp_path / "records").mkdir()
    data = small.data_set(tmp_path / "records", small.task(shape=(4, 32, 32)), SPLITS)
    recipe = dataclasses.replace(RECIPE, arch="inception")
    run = begin(tmp_path / "run", data, recipe=recipe)
    training.train(run, data)
    assert Run.open(run.path).channels == ("T2", "T1")
