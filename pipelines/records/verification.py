"""Whether a data set still holds, byte for byte, what was written."""

from collections.abc import Iterator

import tensorflow as tf

from pipelines.errors import DataError
from pipelines.records import shards
from pipelines.records.data_set import DataSet, content_digest, read_manifest
from pipelines.records.encode import checksum
from pipelines.records.recorded_statistics import contradictions
from pipelines.records.shard import Shard
from pipelines.storage import remote


def verify(data: DataSet) -> list[str]:
    """What is wrong with a data set; empty where all is well.

    Reads everything: SHA-256 of the shards and of the manifest, the checksum of each
    record against its row, the statistics in it against its voxels, and the digest over
    all.
    """
    problems = [f"shard {s.name}: {problem}" for s, problem in damaged_shards(data)]
    manifest_path = remote.join(data.path, "manifest.csv")
    try:
        if remote.sha256(manifest_path) != data.manifest_sha256:
            problems.append("manifest.csv: its SHA-256 is not the recorded one")
    except FileNotFoundError:
        return [*problems, "manifest.csv: missing"]
    if content_digest(data.shards, data.manifest_sha256) != data.digest:
        problems.append("dataset.json: its digest is not that of its own entries")
    try:
        rows = read_manifest(data)
    except DataError as error:
        return [*problems, str(error)]
    expected = {(row.shard, row.position): row.checksum for row in rows}
    for shard in data.shards:
        problems.extend(_record_problems(data, shard, expected))
    problems.extend(f"manifest.csv: {place} has no record" for place in expected)
    return problems


def damaged_shards(data: DataSet) -> Iterator[tuple[Shard, str]]:
    """The shards that are missing or have another SHA-256 than recorded, and which."""
    for shard in data.shards:
        try:
            digest = remote.sha256(data.shard_path(shard))
        except FileNotFoundError:
            yield shard, "missing"
            continue
        if digest != shard.sha256:
            yield shard, "its SHA-256 is not the recorded one"


def _record_problems(
    data: DataSet, shard: Shard, expected: dict[tuple[str, int], str]
) -> Iterator[str]:
    """Compares a shard's records; takes from `expected` what it has seen."""
    seen = 0
    try:
        for record in shards.read(data.shard_path(shard), gzip=data.task.steps.gzip):
            wanted = expected.pop((shard.name, seen), None)
            if wanted is None:
                yield f"shard {shard.name}, record {seen}: not in manifest.csv"
            elif checksum(record) != wanted:
                yield f"shard {shard.name}, record {seen}: not the manifest's checksum"
            for problem in contradictions(record):
                yield f"shard {shard.name}, record {seen}: {problem}"
            seen += 1
    except (tf.errors.DataLossError, tf.errors.NotFoundError):
        yield f"shard {shard.name}: can't be read beyond record {seen}"
        for position in range(seen, shard.records):
            expected.pop((shard.name, position), None)
