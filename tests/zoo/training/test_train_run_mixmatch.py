"""A run that learns from unlabelled samples, from its beginning to the evidence."""

import csv
import dataclasses

import keras
import numpy as np
import pytest

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.spatial.settings import Spatial
from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from pipelines.records.data_set import read_manifest
from pipelines.tasks.target import Target
from tests.pipelines.records import small
from tests.zoo.training.trained import RECIPE, begin
from zoo.architectures import registry
from zoo.evaluation.predictions import predictions_file
from zoo.recipes.mixmatch import MixMatch
from zoo.runs import history
from zoo.training import fit as fitting
from zoo.training import train_run
from zoo.training.data import split_checks
from zoo.training.data.training_data import of_run
from zoo.training.loop.mixmatch_step import MixMatchModel

COUNTS = {("train", ""): 9, ("validation", ""): 4, ("test", ""): 4}
APART = {("unlabelled", ""): 5}
MIXED = dataclasses.replace(
    RECIPE,
    augmentation=Augmentation(spatial=Spatial(flip=("width",))),
    mixmatch=MixMatch(weight=10.0, ramp_epochs=1.0),
    optimisation=dataclasses.replace(
        RECIPE.optimisation,
        optimizer="adamw",
        weight_decay=0.01,
        accumulate=2,
        clip_norm=1.0,
    ),
)


def data_set(folder, counts=COUNTS | APART, **split):
    def target_of(number):
        return (float("nan") if number >= 17 else float(number % 2),)

    folder.mkdir()
    task = small.task(shape=(16, 16, 16), **split)
    return small.data_set(folder, task, counts, target_of=target_of)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data):
    run = begin(tmp_path_factory.mktemp("run") / "run", data, recipe=MIXED)
    return run, train_run.train(run, data)


def test_it_yields_evidence_as_any_other_run(trained):
    run, evidence = trained
    assert [*evidence["splits"]] == ["train", "validation", "test"]
    rows = history.read(run.history_path)
    assert len(rows) == 2 and all(row.unlabelled_loss > 0 for row in rows)
    with open(run.history_path, encoding="utf-8", newline="") as opened:
        assert "unlabelled_loss" in next(csv.reader(opened))


def test_nothing_is_said_of_unlabelled_samples(trained, data):
    run, _ = trained
    found = predictions_file.read(run.predictions_path, run.task.target)
    apart = {row.sample_id for row in read_manifest(data) if row.group == "unlabelled"}
    assert len(apart) == 5 and len(found.sample_id) == 17
    assert not apart & {*found.sample_id}


def test_the_saved_model_is_a_plain_one(trained):
    run, _ = trained
    model = keras.models.load_model(run.model_path)
    assert type(model).__module__.startswith("keras.")
    assert "taken" not in [variable.name for variable in model.variables]


@pytest.mark.slow
def test_killed_it_ends_with_the_same_bits(trained, data, tmp_path, monkeypatch):
    def kill(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt

    run = begin(tmp_path / "run", data, recipe=MIXED)
    with monkeypatch.context() as patched:
        patched.setattr(fitting.Progress, "on_epoch_begin", kill)
        with pytest.raises(KeyboardInterrupt):
            train_run.train(run, data)
    assert len(run.history_path.read_text(encoding="utf-8").splitlines()) == 2
    train_run.train(run, data)
    whole, _ = trained
    assert run.predictions_path.read_bytes() == whole.predictions_path.read_bytes()
    for row, wanted in zip(*(history.read(r.history_path) for r in (run, whole))):
        assert row.unlabelled_loss == wanted.unlabelled_loss
    (name,) = (path.name for path in run.checkpoints_path.glob("epoch-*"))
    kept = [
        np.load(one.checkpoints_path / name / "variables.npz") for one in (run, whole)
    ]
    assert kept[0].files == kept[1].files
    for variable in kept[0].files:
        np.testing.assert_array_equal(kept[0][variable], kept[1][variable])


def test_batches_are_those_of_the_recipe(data, tmp_path):
    recipe = dataclasses.replace(
        MIXED,
        arch="resnet18",
        slices=Slices(train=3, adjacent=3),
        mixmatch=MixMatch(weight=1.0, copies=3),
        sequences=("T2",),
    )
    run = begin(tmp_path / "run", data, recipe=recipe)
    targets = split_checks.targets(data, None)["train"]
    training_data = of_run(run, data, registry.get("resnet18"), targets)
    batch = next(iter(training_data.train(0)))
    assert batch["volume"].shape == (4, 3, 16, 16, 3)
    assert batch["unlabelled_volume"].shape == (4, 3, 3, 16, 16, 3)
    assert batch["partner"].shape == (16,)


def test_a_recipe_without_it_does_not_see_them(data, tmp_path):
    run = begin(tmp_path / "run", data)
    targets = split_checks.targets(data, None)["train"]
    training_data = of_run(run, data, registry.get("cnn3d"), targets)
    assert "unlabelled_volume" not in next(iter(training_data.train(0)))
    assert len(targets) == 9


def test_a_data_set_without_unlabelled_samples(tmp_path):
    labelled = data_set(tmp_path / "records", COUNTS)
    with pytest.raises(DataError, match="no sample for unlabelled.*'keep'"):
        begin(tmp_path / "run", labelled, recipe=MIXED)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "targets",
    [
        (Target(kind="ordinal", classes=("no", "yes")), ()),
        (
            Target(classes=("no", "yes")),
            (Target(name="more", columns=("more",), classes=("a", "b")),),
        ),
    ],
)
def test_targets_that_are_no_classes_or_several_are_refused(data, tmp_path, targets):
    from zoo.training.data import mixmatch_checks

    task = dataclasses.replace(data.task, target=targets[0], further_targets=targets[1])
    other = dataclasses.replace(data, task=task)
    with pytest.raises(UsageError, match="learns one target of kind classification"):
        mixmatch_checks.check(MIXED, other, None, 3)


def test_copies_that_nothing_tells_apart_are_refused(data, tmp_path):
    still = dataclasses.replace(MIXED, augmentation=Augmentation())
    with pytest.raises(UsageError, match="copies of an unlabelled study are the same"):
        begin(tmp_path / "run", data, recipe=still)


@pytest.mark.parametrize(("drawn", "refused"), [(5, False), (6, True), (9, True)])
def test_draws_of_all_slices_there_are_do_not_tell_copies_apart(data, drawn, refused):
    from zoo.training.data import mixmatch_checks

    slices = Slices(train=drawn, depth=(0.35, 0.65))  # 5 to 10 of 16
    still = dataclasses.replace(MIXED, augmentation=Augmentation(), slices=slices)
    if not refused:
        return mixmatch_checks.check(still, data, None, 2)
    with pytest.raises(UsageError, match="copies of an unlabelled study are the same"):
        mixmatch_checks.check(still, data, None, 2)


def test_several_devices_are_refused(data, tmp_path):
    run = begin(tmp_path / "run", data, recipe=MIXED)
    with pytest.raises(UsageError, match="goes with one device.*--devices 2"):
        train_run.train(run, data, devices=2)


def test_the_range_test_trains_as_the_run_does(data, tmp_path, monkeypatch):
    seen = []

    def fake(model, training_data, optimisation, shares):
        seen.append(model)
        raise DataError("enough")

    told = dataclasses.replace(
        MIXED.optimisation, learning_rate="auto", accumulate=1, batch_size=1
    )
    recipe = dataclasses.replace(
        MIXED, optimisation=dataclasses.replace(told, epochs=40)
    )
    settings = dataclasses.replace(told.range_test, epochs=40)
    told = dataclasses.replace(recipe.optimisation, range_test=settings)
    recipe = dataclasses.replace(recipe, optimisation=told)
    run = begin(tmp_path / "run", data, recipe=recipe)
    monkeypatch.setattr(train_run.lr_range_test, "find", fake)
    with pytest.raises(DataError, match="enough"):
        train_run.train(run, data)
    assert isinstance(seen[0], MixMatchModel)
