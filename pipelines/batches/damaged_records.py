"""What TensorFlow says of a damaged or foreign record, as an error with its cure."""

import contextlib
from collections.abc import Iterator

import tensorflow as tf

from pipelines.batches.unchanged_shards import CHANGED
from pipelines.errors import DataError
from pipelines.records import decode
from pipelines.records.data_set import CURE, DataSet
from pipelines.records.verification import damaged_shards

_NO_RECORD = "Could not parse example"  # TensorFlow's words


@contextlib.contextmanager
def guard(data: DataSet | None = None) -> Iterator[None]:
    """Turns what TensorFlow says of a damaged or foreign record into a DataError.

    Put it around the loop (or the `fit`) that takes the batches. TensorFlow does not
    say which file it was reading: with `data` the shards are hashed to find out.

    Raises:
        DataError: a shard is damaged, or holds records of another task or none.
    """
    try:
        yield
    except tf.errors.DataLossError as error:
        raise DataError(_explained(data, _damaged(data))) from error
    except tf.errors.NotFoundError as error:
        damaged = _damaged(data)
        if not damaged:
            raise
        raise DataError(_explained(data, damaged)) from error
    except (tf.errors.InvalidArgumentError, UnicodeDecodeError) as error:
        cause = _cause(data, error)
        if not cause:
            raise
        raise DataError(cause) from error


def _cause(data: DataSet | None, error: Exception) -> str:
    """What an error of the graph says of the data set; "" = nothing."""
    # TensorFlow quotes the bytes of what is no record: no text, to Python.
    is_text = not isinstance(error, UnicodeDecodeError)
    message = str(error) if is_text else error.object.decode(errors="replace")
    if CHANGED in message:
        return _explained(data, _damaged(data))
    if decode.FOREIGN in message:
        return (
            f"the data set holds {decode.FOREIGN} than its dataset.json states. {CURE}"
        )
    if _NO_RECORD in message:
        return f"the data set holds bytes that are no record. {CURE}"
    return ""


def _damaged(data: DataSet | None) -> list[str]:
    if data is None:
        return []
    return [f"{shard.name} ({problem})" for shard, problem in damaged_shards(data)]


def _explained(data: DataSet | None, damaged: list[str]) -> str:
    if data is None:
        return (
            "a shard of the data set is damaged. `python -m pipelines.inspect DATASET "
            f"--verify` says which. {CURE}"
        )
    if not damaged:
        return (
            f"a shard of {data.path} could not be read, yet all have their recorded "
            "SHA-256: look at the disk or the network, and try again"
        )
    return f"{data.path} has damaged shards: {'; '.join(damaged)}. {CURE}"
