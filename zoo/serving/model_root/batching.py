"""`batching.config`: the sizes of batch that the server of a model root forms."""

import os
from pathlib import Path

from pipelines.errors import DataError
from zoo.serving import text_protos

FILE = "batching.config"


def allowed_sizes(root: str | os.PathLike) -> tuple[int, ...]:
    """The sizes, rising: what a version is warmed up for.

    1 alone where there is no file, or no such sizes in it.

    Raises:
        DataError: the file can't be read, or its sizes contradict each other.
    """
    path = Path(root) / FILE
    if not path.exists():
        return (1,)
    parameters = text_protos.read(path, "BatchingParameters")
    sizes = (*parameters.allowed_batch_sizes,) or (1,)
    if [*sizes] != sorted({*sizes}) or sizes[0] < 1:
        raise DataError(f"{path}: allowed_batch_sizes rise from 1. Received: {sizes}")
    largest = parameters.max_batch_size.value
    if parameters.allowed_batch_sizes and sizes[-1] != largest:
        raise DataError(
            f"{path}: the last of allowed_batch_sizes is max_batch_size. Received: "
            f"{sizes[-1]} and {largest}"
        )
    return sizes
