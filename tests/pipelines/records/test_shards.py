import hashlib

import pytest
import tensorflow as tf

from pipelines.records import shard, shards

RECORDS = [bytes([n]) * 1000 for n in range(10)]


def test_records_are_dealt_to_shards_of_even_size_in_order(tmp_path):
    written = shards.write(
        iter(RECORDS), tmp_path, "fold-1", records_total=10, shard_bytes=3000
    )
    assert [shard.name for shard in written] == [
        f"fold-1-{n:05d}-of-00004.tfrecord" for n in range(4)
    ]
    assert [shard.records for shard in written] == [2, 3, 2, 3]
    assert {shard.group for shard in written} == {"fold-1"}
    read = [r for s in written for r in shards.read(str(tmp_path / s.name))]
    assert read == RECORDS


def test_a_shard_says_its_size_and_hash(tmp_path):
    (shard,) = shards.write(RECORDS, tmp_path, "train", records_total=10)
    content = (tmp_path / shard.name).read_bytes()
    assert shard.bytes == len(content)
    assert shard.sha256 == hashlib.sha256(content).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == [shard.name]


@pytest.mark.parametrize("gzip", [False, True])
def test_the_same_records_give_the_same_bytes(tmp_path, gzip):
    twice = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        twice.append(
            shards.write(RECORDS, tmp_path / name, "x", records_total=10, gzip=gzip)
        )
    assert twice[0] == twice[1]


def test_gzip_is_smaller_and_reads_back(tmp_path):
    (shard,) = shards.write(RECORDS, tmp_path, "x", records_total=10, gzip=True)
    assert shard.bytes < 2000
    assert list(shards.read(str(tmp_path / shard.name), gzip=True)) == RECORDS


def test_places_follow_the_order_of_writing(tmp_path):
    written = shards.write(
        RECORDS[:3], tmp_path, "x", records_total=3, shard_bytes=2000
    )
    one, two = (shard.name for shard in written)
    assert list(shard.places(written)) == [(one, 0), (two, 0), (two, 1)]


def test_no_records_give_no_shard(tmp_path):
    assert shards.write([], tmp_path, "x", records_total=0) == ()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("total", [0, 9, 11])
def test_another_number_of_records_than_stated_is_refused(tmp_path, total):
    with pytest.raises(ValueError, match=f"Received: {total}, and 10 records"):
        shards.write(RECORDS, tmp_path, "x", records_total=total)


def test_an_interrupted_shard_leaves_nothing(tmp_path):
    def broken():
        yield RECORDS[0]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        shards.write(broken(), tmp_path, "x", records_total=2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("gzip", [False, True])
def test_a_flipped_byte_does_not_pass(tmp_path, gzip):
    (shard,) = shards.write(RECORDS, tmp_path, "x", records_total=10, gzip=gzip)
    content = bytearray((tmp_path / shard.name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / shard.name).write_bytes(content)
    with pytest.raises(tf.errors.DataLossError):
        list(shards.read(str(tmp_path / shard.name), gzip=gzip))
