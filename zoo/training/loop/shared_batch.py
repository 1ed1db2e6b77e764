"""Whether a batch can be shared by so many devices, be they there or not."""

from pipelines.errors import UsageError
from zoo.recipes.optimisation import Optimisation


def check(count: int, optimisation: Optimisation) -> None:
    """Raises a UsageError for a batch, or an update, that devices can't share evenly.

    Args:
        count: 1 or more devices.
    """
    batch_size = optimisation.batch_size
    if batch_size % count:
        raise UsageError(
            f"--devices {count} share a batch evenly. Choose a multiple of {count} as "
            f"--optimisation.batch-size. Received: {batch_size}"
        )
    if count > 1 and optimisation.accumulate > 1:
        raise UsageError(
            "--accumulate goes with one device. Several hold a larger batch: --batch "
            f"{batch_size * optimisation.accumulate} makes the same updates. Received: "
            f"--devices {count}, accumulate={optimisation.accumulate}"
        )
