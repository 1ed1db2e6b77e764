"""Whether operations can change samples of so many channels."""

from collections.abc import Sequence

from pipelines.augment.intensity.operation import Operation


def check(operations: Sequence[Operation], channels: int) -> None:
    """Raises a UsageError for operations that so many channels can't have."""
    for operation in operations:
        operation.check(channels)
