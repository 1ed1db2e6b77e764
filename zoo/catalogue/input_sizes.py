"""Whether a network can be built for an input."""

from pipelines.errors import UsageError
from zoo.architectures.architecture import Architecture, input_shape

_AXES = {2: "H W C", 3: "D H W C"}


def check(architecture: Architecture, shape: tuple[int, ...]) -> None:
    """Holds the sizes of one input against the architecture.

    Args:
        shape: `(*spatial, C)`.

    Raises:
        UsageError: too many or too few sizes, one below 1, or a spatial one below the
            architecture's minimum.
    """
    rank = architecture.rank
    if len(shape) != rank + 1 or min(shape) < 1:
        raise UsageError(
            f"{architecture.name} has rank {rank}: --shape wants {_AXES[rank]}, each "
            f"1 or more. Received: {' '.join(map(str, shape))}"
        )
    input_shape(architecture, shape if rank == 3 else (1, *shape))
