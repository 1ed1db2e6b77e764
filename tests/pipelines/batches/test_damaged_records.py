from dataclasses import replace

import pytest
import tensorflow as tf

from pipelines.batches.damaged_records import guard
from pipelines.batches.dataset import eval_batches, train_batches
from pipelines.batches.settings import BatchSettings
from pipelines.errors import DataError
from pipelines.records import shards
from pipelines.records.directory import open_dataset
from pipelines.records.encode import encode
from tests.pipelines.records.small import data_set, sample, task

SETTINGS = BatchSettings(normalisation="none", batch_size=1)


@pytest.fixture
def data(tmp_path):
    return data_set(tmp_path, task())  # 7 train (in 4 shards), 3 validation, 2 test


def flip_byte(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("gzip", [False, True])
def test_a_flipped_byte_names_the_shard_and_the_cure(tmp_path, gzip):
    data = data_set(tmp_path, task(gzip=gzip))
    name = "train-00002-of-00004.tfrecord"
    flip_byte(tmp_path / name)
    opened = open_dataset(tmp_path)
    match = f"damaged shards: {name} .*Copy the data set again, or ingest again"
    with pytest.raises(DataError, match=match), guard(opened):
        list(train_batches(opened, SETTINGS, seed=5).take(3))
    with pytest.raises(DataError, match="--verify` says which"), guard():
        list(eval_batches(data, SETTINGS, split="train"))


def test_a_shard_that_went_away(data, tmp_path):
    (tmp_path / "test-00000-of-00001.tfrecord").unlink()
    with pytest.raises(DataError, match=r"test-0.* \(missing\)"), guard(data):
        list(eval_batches(data, SETTINGS, split="test"))


def test_a_fault_of_the_disk_is_told_from_damage(data):
    with pytest.raises(DataError, match="all have their recorded SHA-256"), guard(data):
        raise tf.errors.DataLossError(None, None, "corrupted record")


def test_records_of_another_task_are_refused(data, tmp_path):
    other = task(channels=("T1", "FLAIR"))
    record = encode(sample(), other).record
    name = "test-00000-of-00001.tfrecord"
    (shard,) = shards.write([record], tmp_path, "test", records_total=1)
    assert shard.name == name
    stated = replace(data, shards=(shard,))
    with pytest.raises(DataError, match="holds a record of another task"), guard(data):
        list(eval_batches(stated, SETTINGS, split="test"))


@pytest.mark.parametrize("content", [b"\x85\x99 no text", b"text"])
def test_bytes_that_are_no_record_are_refused(data, tmp_path, content):
    (shard,) = shards.write([content], tmp_path, "test", records_total=1)
    stated = replace(data, shards=(shard,))
    with pytest.raises(DataError, match="bytes that are no record.*Copy"), guard(data):
        list(eval_batches(stated, SETTINGS, split="test"))


@pytest.mark.parametrize("gzip", [False, True])
@pytest.mark.parametrize("stream", ["train", "eval"])
def test_whole_records_that_changed_places_are_damage(tmp_path, stream, gzip):
    data = data_set(tmp_path, task(gzip=gzip))
    shard = next(one for one in data.shards if one.records > 1)
    kept = list(shards.read(data.shard_path(shard), gzip=gzip))
    total = len(kept)
    (other,) = shards.write(kept[::-1], tmp_path, "x", records_total=total, gzip=gzip)
    (tmp_path / other.name).replace(data.shard_path(shard))
    batches = (
        train_batches(data, SETTINGS, seed=5).take(7)
        if stream == "train"
        else eval_batches(data, SETTINGS, split=shard.group)
    )
    match = rf"{shard.name} \(its SHA-256 is not the recorded one\)"
    with pytest.raises(DataError, match=match), guard(data):
        list(batches)


def test_other_errors_pass_the_guard(data):
    with pytest.raises(tf.errors.NotFoundError, match="a file of its own"), guard(data):
        raise tf.errors.NotFoundError(None, None, "a file of its own")
    with pytest.raises(tf.errors.InvalidArgumentError, match="own"), guard(data):
        raise tf.errors.InvalidArgumentError(None, None, "own")
    with pytest.raises(UnicodeDecodeError, match="0x85"), guard(data):
        b"\x85".decode()
