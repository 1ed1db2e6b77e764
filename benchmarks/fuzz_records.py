"""Mutated shards of TFRecords: refused, or the records that were written.

Each is tried in one of three ways: as a data set that is opened, where sizes are
compared; as one that was open before; and as one of another machine, whose shards
aren't hashed, so that the decoder alone stands between the bytes and a network. There
the records must be what Python's protobuf says of them; `--verify` must tell in any
case.
"""

import random
import struct
from collections.abc import Callable
from pathlib import Path

import fuzz_mutations as mutations
import numpy as np
import tensorflow as tf
from noise_data import write_data_set

from pipelines.batches import reading
from pipelines.batches.damaged_records import guard
from pipelines.batches.dataset import eval_batches, train_batches
from pipelines.batches.settings import BatchSettings
from pipelines.errors import DataError
from pipelines.records import decode, shards
from pipelines.records.data_set import DataSet
from pipelines.records.directory import open_dataset
from pipelines.records.verification import verify
from pipelines.tasks.task import Task

_LENGTH = 12  # of a record, and its checksum; then the data and theirs
_SETTINGS = BatchSettings(normalisation="zscore", batch_size=1)
_RECORDS = 5
_SHARD_BYTES = 12_000  # two or three records
_WEIGHTS = (45, 45, 5, 5)  # how often each of `_streams`
_VERIFIED = 0.1  # share of the inputs that are given to `--verify`, at 0.1 s each
_ASKED = ("sample_id", "volume", "foreground", "target", "present", "affine")


class Subject:
    """A data set of a few small records in two shards.

    Args:
        folder: to work in; its own.
    """

    def __init__(self, folder: Path):
        self._path = folder / "data"
        self._data = write_data_set(
            self._path, _RECORDS, (4, 4, 4), shard_bytes=_SHARD_BYTES
        )
        self._shards = [Path(self._data.shard_path(one)) for one in self._data.shards]
        self._contents = [path.read_bytes() for path in self._shards]
        self._records = [[*shards.read(str(path))] for path in self._shards]
        self._streams = _streams(self._data)
        self._whole = [_drained(stream) for stream in self._streams]
        self._plain = tf.data.TFRecordDataset([*map(str, self._shards)])
        parse = decode.parser(self._data.task, require_target=False)
        self._parse = tf.function(
            lambda record: {name: parse(record)[name] for name in _ASKED},
            input_signature=[tf.TensorSpec([], tf.string)],
            autograph=False,
        )

    def run(self, source: random.Random) -> tuple[str, str]:
        """One mutated shard: what was done, and what came of it."""
        mutate = source.choice((_flip, _cut, _double, _drop, _whole, _sealed, _sealed))
        place = source.randrange(len(self._shards))
        other = source.choice(self._records)
        content = mutate(source, self._contents[place], self._records[place], other)
        for number, path in enumerate(self._shards):
            path.write_bytes(content if number == place else self._contents[number])
        changed = content != self._contents[place]
        way = source.choice((self._opened, self._open_before, self._not_hashed))
        verdict = way(source, changed)
        if source.random() < _VERIFIED and changed != bool(verify(self._data)):
            verdict = f"WRONG: --verify is of another opinion; {verdict}"
        name = f"{mutate.__name__.strip('_')}, {way.__name__.strip('_')}"
        return name.replace("_", " "), verdict

    def _opened(self, source: random.Random, changed: bool) -> str:
        """By a command, which opens the data set first."""
        try:
            data = open_dataset(str(self._path))
        except DataError:
            return "rejected: on opening"
        if data != self._data:
            return "WRONG: opened as another data set"
        return self._open_before(source, changed)

    def _open_before(self, source: random.Random, changed: bool) -> str:
        """By a stream that was made before."""
        (which,) = source.choices(range(len(self._streams)), weights=_WEIGHTS)
        try:
            with guard(self._data):
                read = _drained(self._streams[which])
        except DataError:
            return "rejected: on reading" if changed else "WRONG: nothing changed"
        same = read == self._whole[which] and not changed
        return "equal" if same else "WRONG: other bytes are read than were written"

    def _not_hashed(self, source: random.Random, changed: bool) -> str:
        """By the decoder, of shards that nobody hashed."""
        try:
            with guard(self._data):
                records = [*self._plain.as_numpy_iterator()]
                read = [self._parse(record) for record in records]
        except DataError:
            return "rejected: on reading" if changed else "WRONG: nothing changed"
        except tf.errors.InvalidArgumentError as error:
            return f"rejected: by TensorFlow's {type(error).__name__}"
        for ours, record in zip(read, records, strict=True):
            fault = _difference(ours, _by_protobuf(record, self._data.task))
            if fault:
                return f"WRONG: {fault}"
        same = records == [one for shard in self._records for one in shard]
        return "equal" if same else "equal to what protobuf reads"


def _streams(data: DataSet) -> tuple[tf.data.Dataset, ...]:
    """Made once, for a graph takes longer to make than shards to read.

    Bare records, then (rarely tried, at 0.1 s each) all that is done to them.
    """
    return (
        reading.records(data, data.shards, in_turn=True),
        reading.records(data, data.shards, in_turn=False),
        eval_batches(data, _SETTINGS, split="train"),
        train_batches(data, _SETTINGS, seed=1, cache_bytes=0).take(_RECORDS),
    )


def _drained(stream: tf.data.Dataset) -> list[bytes]:
    """What a stream holds, in an order of its own."""
    return sorted(
        b"".join(element["sample_id"]) + element["volume"].tobytes()
        if isinstance(element, dict)
        else element
        for element in stream.as_numpy_iterator()
    )


def _difference(ours: dict[str, tf.Tensor], theirs: dict[str, object]) -> str:
    for name, value in theirs.items():
        mine = ours[name].numpy()
        same = (
            mine == value
            if isinstance(mine, bytes)
            else mine.shape == value.shape
            and np.allclose(mine, value, rtol=1e-6, equal_nan=True)
        )
        if not same:
            return f"{name} is {mine}, protobuf's {value}"
    return ""


def _by_protobuf(record: bytes, task: Task) -> dict[str, object]:
    """A record as the format's description has it, read without our decoder."""
    features = tf.train.Example.FromString(record).features.feature
    floats = {n: np.array(f.float_list.value, "f4") for n, f in features.items()}
    tensor = tf.io.parse_tensor(features["volume"].bytes_list.value[0], tf.int16)
    codes = tensor.numpy().reshape(task.record_shape)
    foreground = codes != np.array(features["fill_code"].int64_list.value)
    with np.errstate(all="ignore"):
        values = codes.astype("f4") * floats["slope"] + floats["intercept"]
    return {
        "sample_id": features["sample_id"].bytes_list.value[0],
        "foreground": foreground,
        "volume": np.where(foreground, values, floats["fill"]),
        "target": floats["target"] if len(floats["target"]) else np.array([np.nan]),
        "affine": floats["affine"].reshape(4, 4),
        "present": np.array(features["present"].int64_list.value, "f4"),
    }


def _flip(source: random.Random, content: bytes, *_) -> bytes:
    return mutations.flipped(source, content, first=_LENGTH)


def _cut(source: random.Random, content: bytes, *_) -> bytes:
    return mutations.truncated(source, content)


def _double(source: random.Random, content: bytes, *_) -> bytes:
    return mutations.doubled(source, content)


def _drop(source: random.Random, content: bytes, *_) -> bytes:
    return mutations.dropped(source, content)


def _whole(
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


def _sealed(source: random.Random, _: bytes, records: list[bytes], *__) -> bytes:
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
