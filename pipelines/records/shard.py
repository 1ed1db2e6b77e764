"""What dataset.json says of one TFRecord file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One file of a data set.

    Args:
        name: file name, `<group>-00000-of-00004.tfrecord`.
        group: split, with its fold where there is one, e.g. `"fold-3"`.
        bytes: size of the file.
        sha256: of the file, 64 hex digits.
    """

    name: str
    group: str
    records: int
    bytes: int
    sha256: str


def places(shards: Iterable[Shard]) -> Iterator[tuple[str, int]]:
    """Shard name and position in it of each record, in the order of writing."""
    for shard in shards:
        for position in range(shard.records):
            yield shard.name, position
