import errno
import os

import pytest
import tensorflow as tf

from pipelines.errors import DataError
from zoo.runs import disk

FULL = [
    OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "run/model.keras"),
    # as HDF5 and TensorFlow word it
    OSError(
        "Unable to synchronously flush file (file write failed: time = ..., errno = "
        "28, error message = 'No space left on device', buf = 0x1)"
    ),
    tf.errors.ResourceExhaustedError(
        None, None, "run/tensorboard/events.out.tfevents; No space left on device"
    ),
]


@pytest.mark.parametrize("error", FULL)
def test_a_full_disk_is_told_from_other_faults_whoever_reports_it(error, tmp_path):
    message = "the disk of .* is full. Free some space, then go on with --resume"
    with pytest.raises(DataError, match=message), disk.guard(tmp_path):
        raise error


def refused(kind, path):
    if kind is OSError:
        return OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return kind(None, None, f"{path}; Read-only file system")


@pytest.mark.parametrize("kind", [OSError, tf.errors.FailedPreconditionError])
def test_a_run_that_cannot_be_written_any_more(kind, tmp_path):
    message = "can't be written: .*Make it writable, or go on with a copy.*--resume"
    with pytest.raises(DataError, match=message), disk.guard(tmp_path):
        raise refused(kind, tmp_path / "history.csv")


@pytest.mark.parametrize(
    "error",
    [
        refused(OSError, "/elsewhere/shard"),
        OSError(errno.ENOENT, os.strerror(errno.ENOENT)),
        tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor"),
        MemoryError(),
    ],
)
def test_other_errors_pass(error, tmp_path):
    with pytest.raises(type(error)), disk.guard(tmp_path):
        raise error


def test_an_error_that_names_its_cure_passes_as_it_is(tmp_path):
    with pytest.raises(DataError, match="^mine: No space left"), disk.guard(tmp_path):
        raise DataError("mine: No space left on device")
