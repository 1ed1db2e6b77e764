"""Mutations of a shard of TFRecords, by its bytes and by its records."""

import random
import struct
from collections.abc import Callable

import fuzz_mutations as mutations
import tensorflow as tf

_LENGTH = 12  # of a record, and its checksum; then the data and theirs


def flip(source: random.Random, content: bytes, *_) -> bytes:
    """Bytes are others."""
    return mutations.flipped(source, content, first=_LENGTH)


def cut(source: random.Random, content: bytes, *_) -> bytes:
    """The end is missing."""
    return mutations.truncated(source, content)


def double(source: random.Random, content: bytes, *_) -> bytes:
    """A piece stands twice, or noise behind the end."""
    return mutations.doubled(source, content)


def drop(source: random.Random, content: bytes, *_) -> bytes:
    """A piece is missing."""
    return mutations.dropped(source, content)


def whole(
    source: random.Random, _: bytes, records: list[bytes], other: list[bytes]
) -> bytes:
    """Whole records are dropped, doubled, replaced or change places."""
    pieces, foreign = ([*map(_framed, some)] for some in (records, other))
    match source.choice(("drop", "double", "swap", "replace", "end", "other")):
        case "drop":
            del pieces[source.randrange(len(pieces))]
        case "double":
            pieces.append(source.choice(pieces))
        case "swap":
            first, second = source.sample(range(len(pieces)), 2)
            pieces[first], pieces[second] = pieces[second], pieces[first]
        case "replace":
            pieces[source.randrange(len(pieces))] = source.choice(foreign)
        case "other":
            pieces = foreign
        case "end":
            pieces = pieces[: source.randrange(len(pieces))]
    return b"".join(pieces)


def sealed(source: random.Random, _: bytes, records: list[bytes], *__) -> bytes:
    """A record is mutated before it gets its checksums; half the time in one field."""
    place = source.randrange(len(records))
    change = source.choice((_field, _field, *_BLIND))
    mutated = change(source, records[place])
    return b"".join(
        _framed(mutated if number == place else record)
        for number, record in enumerate(records)
    )


_BLIND: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    mutations.flipped,
    mutations.truncated,
    mutations.dropped,
    mutations.doubled,
)


def _field(source: random.Random, record: bytes) -> bytes:
    """One feature lacks, is longer, shorter, of another kind, or another number."""
    example = tf.train.Example.FromString(record)
    features = example.features.feature
    name = source.choice(sorted(features))
    match source.choice(("lack", "number", "longer", "shorter", "bytes")):
        case "lack":
            del features[name]
        case "bytes":
            features[name].bytes_list.value[:] = [source.randbytes(8)]
        case how:
            _other_list(source, features[name], how)
    return example.SerializeToString()


def _other_list(source: random.Random, feature: tf.train.Feature, how: str) -> None:
    kind = feature.WhichOneof("kind")
    values = getattr(feature, kind).value
    number = {
        "bytes_list": b"x",
        "int64_list": source.choice((0, 1, -1, 40_000, 2**62)),
        "float_list": source.choice((0.0, -1.0, 1e38, float("nan"), float("inf"))),
    }[kind]
    if how == "longer":
        values.append(number)
    elif how == "shorter":
        del values[-1:]
    elif len(values):
        values[source.randrange(len(values))] = number


def _framed(record: bytes) -> bytes:
    """A record as it stands in a shard, with right checksums."""
    length = struct.pack("<Q", len(record))
    return length + _masked(length) + record + _masked(record)


def _masked(content: bytes) -> bytes:
    """CRC-32C (Castagnoli) as TFRecord files mask it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _CRC[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    return byte


_CRC = [_crc_of(byte) for byte in range(256)]


# Of a shard, given its bytes, its records and the records of a shard.
MUTATIONS = (flip, cut, double, drop, whole, sealed, sealed)
