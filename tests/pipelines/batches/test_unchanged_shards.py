import os
from dataclasses import replace

import pytest

from pipelines.batches import unchanged_shards
from pipelines.batches.unchanged_shards import check, paths
from tests.pipelines.records.small import data_set, task


@pytest.fixture
def data(tmp_path):
    return data_set(tmp_path, task())


def test_paths_come_in_the_order_of_the_shards(data):
    wanted = [os.fsencode(data.shard_path(shard)) for shard in data.shards]
    assert list(paths(data, data.shards).as_numpy_iterator()) == wanted


@pytest.fixture
def hashed(monkeypatch):
    """Paths in the order in which they are hashed."""
    paths_hashed = []
    sha256 = unchanged_shards.remote.sha256

    class Counted:
        @staticmethod
        def sha256(path):
            paths_hashed.append(path)
            return sha256(path)

    monkeypatch.setattr(unchanged_shards, "remote", Counted)
    return paths_hashed


def test_a_shard_is_hashed_once_until_it_changes(data, hashed, monkeypatch):
    monkeypatch.setattr(unchanged_shards, "_SETTLED_NS", 0)
    path, recorded = data.shard_path(data.shards[0]), data.shards[0].sha256
    for _ in range(3):
        check(path, recorded)
    assert hashed == [path]
    os.utime(path, ns=(0, 0))
    check(path, recorded)
    assert hashed == [path, path]


def test_a_shard_that_was_written_this_moment_may_change_within_it(data, hashed):
    path, recorded = data.shard_path(data.shards[0]), data.shards[0].sha256
    for _ in range(3):
        check(path, recorded)
    assert hashed == [path] * 3


def test_another_sha256_is_refused(data):
    path = data.shard_path(data.shards[0])
    with pytest.raises(ValueError, match="another SHA-256 .* not 0000"):
        check(path, "0000")


def test_what_is_missing_is_left_to_who_opens_it(tmp_path):
    check(str(tmp_path / "missing"), "0000")


def test_shards_of_another_machine_are_not_hashed(data):
    there = replace(data, path="s3://bucket/data")
    first = data.shards[0]
    (path,) = paths(there, (first,)).as_numpy_iterator()
    assert path == f"s3://bucket/data/{first.name}".encode()
