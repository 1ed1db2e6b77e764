"""Mutated shards of TFRecords: refused, or the records that were written."""

import random
from pathlib import Path

import fuzz_mutations as mutations
from noise_data import write_data_set

from pipelines.batches import reading
from pipelines.batches.damaged_records import guard
from pipelines.errors import DataError
from pipelines.records import shards
from pipelines.records.directory import open_dataset
from pipelines.records.verification import verify

_LENGTH = 12  # of a record, and its checksum; then the data and theirs


class Subject:
    """A data set of a few small records in one shard.

    Args:
        folder: to work in; its own.
    """

    def __init__(self, folder: Path):
        self._path = folder / "data"
        data = write_data_set(self._path, 5, (4, 4, 4))
        (shard,) = data.shards
        self._shard = Path(data.shard_path(shard))
        self._content = self._shard.read_bytes()
        self._records = [*shards.read(str(self._shard))]

    def run(self, source: random.Random) -> tuple[str, str]:
        """One mutated shard: what was done, and what came of it."""
        mutate = source.choice((_flip, _cut, _double, _drop, _whole))
        content = mutate(source, self._content, [*map(len, self._records)])
        self._shard.write_bytes(content)
        return mutate.__name__.strip("_"), self._outcome()

    def _outcome(self) -> str:
        try:
            data = open_dataset(str(self._path))
            with guard(data):
                found = [
                    record.numpy()
                    for record in reading.records(data, data.shards, in_turn=False)
                ]
        except DataError:
            return "rejected: DataError"
        if sorted(found) == sorted(self._records):
            return "equal" if found == self._records else "equal, in another order"
        if verify(data):
            return "rejected: by --verify alone"
        return f"WRONG: {len(found)} records of {len(self._records)}, or others"


def _flip(source: random.Random, content: bytes, _: list[int]) -> bytes:
    return mutations.flipped(source, content, first=_LENGTH)


def _cut(source: random.Random, content: bytes, _: list[int]) -> bytes:
    return mutations.truncated(source, content)


def _double(source: random.Random, content: bytes, _: list[int]) -> bytes:
    return mutations.doubled(source, content)


def _drop(source: random.Random, content: bytes, _: list[int]) -> bytes:
    return mutations.dropped(source, content)


def _whole(source: random.Random, content: bytes, lengths: list[int]) -> bytes:
    """Whole records are dropped, doubled, replaced or change places."""
    pieces = []
    for length in lengths:
        size = _LENGTH + length + 4
        pieces, content = [*pieces, content[:size]], content[size:]
    match source.choice(("drop", "double", "swap", "replace", "end")):
        case "drop":
            del pieces[source.randrange(len(pieces))]
        case "double":
            pieces.append(source.choice(pieces))
        case "swap":
            first, second = source.sample(range(len(pieces)), 2)
            pieces[first], pieces[second] = pieces[second], pieces[first]
        case "replace":
            pieces[source.randrange(len(pieces))] = source.choice(pieces)
        case "end":
            pieces = pieces[: source.randrange(len(pieces))]
    return b"".join(pieces)
