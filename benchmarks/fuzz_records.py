"""Mutated shards of TFRecords: refused, or the records that were written.

Each is tried in one of three ways: as a data set that is opened, where sizes are
compared; as one that was open before; and as one of another machine, whose shards
aren't hashed, so that the decoder alone stands between the bytes and a network. There
the records must be what Python's protobuf says of them; `--verify` must tell in any
case.
"""

import random
from pathlib import Path

import fuzz_example
import numpy as np
import tensorflow as tf
from fuzz_record_mutations import MUTATIONS
from google.protobuf.message import DecodeError
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
        mutate = source.choice(MUTATIONS)
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
        name = f"{mutate.__name__}, {way.__name__.strip('_')}"
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
        written = [one for shard in self._records for one in shard]
        for place, (ours, record) in enumerate(zip(read, records, strict=True)):
            try:
                theirs = _by_protobuf(record, self._data.task)
            except DecodeError:  # TensorFlow's parser lets more pass than protobuf's
                theirs = _by_protobuf(written[place], self._data.task)
                if _difference(ours, theirs):
                    told = verify(self._data)
                    return "rejected: by --verify alone" if told else "WRONG: damaged"
            fault = _difference(ours, theirs)
            if fault:
                return f"WRONG: {fault}"
        if records == written:
            return "equal"
        if not {*records} <= {*written}:
            return "equal to what protobuf reads"
        return "rejected: by --verify alone" if verify(self._data) else "WRONG: others"


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
    features = fuzz_example.features(record)
    floats = {n: np.array(f.float_list.value, "f4") for n, f in features.items()}
    (content,) = features["volume"].bytes_list.value
    codes = tf.io.parse_tensor(content, tf.int16).numpy().reshape(task.record_shape)
    foreground = codes != np.array(features["fill_code"].int64_list.value)
    with np.errstate(all="ignore"):
        values = codes.astype("f4") * floats["slope"] + floats["intercept"]
    ids = features["sample_id"].bytes_list.value if "sample_id" in features else ()
    target = floats.get("target", np.array([]))
    return {
        "sample_id": ids[0] if ids else b"",
        "foreground": foreground,
        "volume": np.where(foreground, values, floats["fill"]),
        "target": target if len(target) else np.array([np.nan]),
        "affine": floats["affine"].reshape(4, 4),
        "present": np.array(features["present"].int64_list.value, "f4"),
    }
