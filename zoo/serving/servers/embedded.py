"""The embedded endpoint, in this process."""

from collections.abc import Sequence

from zoo.serving.servers.settings import Settings


def run(flags: Sequence[str], settings: Settings) -> int:
    """Serves until SIGTERM or SIGINT; loads TensorFlow.

    Returns:
        The exit code.
    """
    from zoo.serving.endpoint import main

    return main([*flags], settings)
