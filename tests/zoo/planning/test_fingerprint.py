import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from pipelines.records import shards
from pipelines.tasks.target import Target
from tests.pipelines.records import small
from zoo.planning import fingerprint, volumes
from zoo.planning.device import Device

CPU = Device(gpu=False, memory_bytes=2**30)
SPLITS = {("train", ""): 9, ("validation", ""): 4, ("test", ""): 2}


def data_set(folder, counts=None, *, target_of=small.by_turns, **task):
    folder.mkdir()
    made = small.task(**task)
    return small.data_set(folder, made, counts or SPLITS, target_of=target_of)


def test_facts_are_those_of_task_manifest_and_records(tmp_path):
    data = data_set(tmp_path / "data", covariates=("age",))
    facts = fingerprint.take(data, None, CPU)
    assert facts.data == "small"
    assert (facts.shape, facts.channels) == (small.SHAPE, 2)
    assert facts.spacing_mm == pytest.approx((3.0, 0.5, 0.5))
    assert facts.foreground == "varied"
    assert (facts.patients, facts.samples) == (9, 9)
    assert facts.classes["train"] == {"no": 5, "yes": 4}
    assert facts.imbalance == 1.25
    assert facts.covariates == ("age",)
    assert facts.every_class_validates
    assert facts.voxels == np.prod(small.SHAPE)


def test_a_foreground_of_one_value_is_constant(tmp_path, monkeypatch):
    def shape(seed=0, channels=2, shape=small.SHAPE):
        made = original(seed, channels, shape)
        made.voxels[made.voxels > 0] = 255
        return made

    original = small.canonical
    monkeypatch.setattr(small, "canonical", shape)
    data = data_set(tmp_path / "data")
    assert fingerprint.take(data, None, CPU).foreground == "constant"


def test_records_of_training_alone_are_read(tmp_path, monkeypatch):
    read = []
    original = shards.read
    monkeypatch.setattr(
        volumes.shards, "read", lambda path, **more: read.append(path) or original(path)
    )
    data = data_set(tmp_path / "data")
    fingerprint.take(data, None, CPU)
    assert read and all("/train-" in path for path in read)


def folds(folder, sizes):
    counts = {("fold", str(number)): size for number, size in enumerate(sizes)}
    return data_set(folder, counts, kind="folds", folds=len(sizes))


def test_of_folds_the_smallest_training_split_counts(tmp_path):
    data = folds(tmp_path / "data", (4, 6, 8))
    facts = fingerprint.take(data, None, CPU)
    assert (facts.samples, facts.folds) == (4, 3)
    assert fingerprint.take(data, "0", CPU).samples == 8


def test_an_unknown_fold_lists_those_there_are(tmp_path):
    data = folds(tmp_path / "data", (4, 6, 8))
    with pytest.raises(UsageError, match="one of 0, 1, 2"):
        fingerprint.take(data, "7", CPU)


def test_one_class_is_refused_with_the_cure(tmp_path):
    data = data_set(tmp_path / "data", target_of=lambda number: (0.0,))
    with pytest.raises(DataError, match="the train split wants.*0 of yes.*Ingest with"):
        fingerprint.take(data, None, CPU)


def test_nobody_to_validate_on_is_refused_with_the_cure(tmp_path):
    data = data_set(tmp_path / "data", {("train", ""): 8, ("test", ""): 4})
    with pytest.raises(DataError, match="no patient validates.*Ingest with a split"):
        fingerprint.take(data, None, CPU)


def test_a_class_that_no_patient_validates_is_noticed(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    task = three_classes()
    data = small.data_set(folder, task, SPLITS, target_of=rare_in_validation)
    assert not fingerprint.take(data, None, CPU).every_class_validates


def three_classes():
    return dataclasses.replace(small.task(), target=Target(classes=("a", "b", "c")))


def rare_in_validation(number):
    """Classes 0, 1, 2 in training; 0 and 1 after it."""
    return (float(number % 3 if number < 9 else number % 2),)
