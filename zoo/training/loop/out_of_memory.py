"""What to do when a batch does not fit into memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from pipelines.errors import DataError
from zoo.runs import disk


class OutOfMemoryError(DataError):
    """A device or the machine has no memory left for a batch."""


@contextmanager
def guard(batch_size: int, accumulate: int) -> Iterator[None]:
    """Turns running out of memory in training into an error that names the cure.

    A full disk, which TensorFlow reports by the same class of error, passes.

    Args:
        batch_size, accumulate: of the recipe.

    Raises:
        OutOfMemoryError: a device or the machine has no memory left.
    """
    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        if disk.is_full(error):
            raise
        raise OutOfMemoryError(_message(batch_size, accumulate)) from error


def _message(batch_size: int, accumulate: int) -> str:
    problem = f"memory ran out with batches of {batch_size}."
    if batch_size == 1:
        return (
            f"{problem} Take a smaller network, fewer slices (--slices.train), or "
            "ingest onto a coarser grid"
        )
    half = batch_size // 2
    return (
        f"{problem} Begin a new run with --optimisation.batch-size {half} "
        f"--optimisation.accumulate {2 * accumulate}, which learns nearly the same, or "
        "take a smaller network"
    )
