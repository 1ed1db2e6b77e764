import dataclasses

import numpy as np
import pytest

from pipelines.records import directory as dataset_directory
from pipelines.records import foreground_statistics
from pipelines.records.data_set import read_manifest
from pipelines.records.foreground_statistics import of_codes
from pipelines.records.verification import verify
from tests.pipelines.records.small import data_set, task


@pytest.mark.parametrize("gzip", [False, True])
def test_a_whole_data_set_has_no_problems(tmp_path, gzip):
    assert verify(data_set(tmp_path, task(gzip=gzip))) == []


def test_a_flipped_byte_is_found(tmp_path):
    data = data_set(tmp_path, task())
    shard = data.shards[1]
    content = bytearray((tmp_path / shard.name).read_bytes())
    content[len(content) // 4] ^= 1
    (tmp_path / shard.name).write_bytes(content)
    assert verify(data) == [
        f"shard {shard.name}: its SHA-256 is not the recorded one",
        f"shard {shard.name}: can't be read beyond record 0",
    ]


def test_a_missing_shard_is_found(tmp_path):
    data = data_set(tmp_path, task())
    (tmp_path / data.shards[0].name).unlink()
    assert f"shard {data.shards[0].name}: missing" in verify(data)


def test_exchanged_records_are_found(tmp_path):
    data = data_set(tmp_path, task())
    rows = list(read_manifest(data))
    rows[0], rows[1] = (
        dataclasses.replace(rows[0], checksum=rows[1].checksum),
        dataclasses.replace(rows[1], position=99),
    )
    data = dataset_directory.write(tmp_path, task=task(), shards=data.shards, rows=rows)
    one, two = rows[0].shard, rows[1].shard
    assert verify(data) == [
        f"shard {one}, record 0: not the manifest's checksum",
        f"shard {two}, record 0: not in manifest.csv",
        f"manifest.csv: ('{two}', 99) has no record",
    ]


def test_a_changed_manifest_is_found(tmp_path):
    data = data_set(tmp_path, task())
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace("patient_id", "patient"),
        encoding="utf-8",
    )
    first, second = verify(data)
    assert first == "manifest.csv: its SHA-256 is not the recorded one"
    assert "should have the columns" in second
    manifest.unlink()
    assert verify(data) == ["manifest.csv: missing"]


def test_a_changed_digest_is_found(tmp_path):
    data = dataclasses.replace(data_set(tmp_path, task()), digest="0")
    assert verify(data) == ["dataset.json: its digest is not that of its own entries"]


def test_statistics_of_other_voxels_are_found(tmp_path, monkeypatch):
    def of_a_lower_mean(codes):
        statistics = of_codes(codes)
        return dataclasses.replace(statistics, mean=statistics.mean * np.float32(0.99))

    monkeypatch.setattr(foreground_statistics, "of_codes", of_a_lower_mean)
    data = data_set(tmp_path, task(), {("train", ""): 2})
    assert verify(data) == [
        f"shard {data.shards[0].name}, record {number}: its statistics contradict its "
        "voxels: foreground_mean. Ingest again"
        for number in range(2)
    ]
