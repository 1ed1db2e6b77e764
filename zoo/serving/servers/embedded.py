"""The embedded endpoint, in this process."""

from collections.abc import Sequence

from zoo.serving.endpoint import main
from zoo.serving.servers.settings import Settings


def run(flags: Sequence[str], settings: Settings) -> int:
    """Serves until SIGTERM or SIGINT; loads TensorFlow.

    Args:
        flags: those of `tensorflow_model_server`.
        settings: what it has beyond that.

    Returns:
        The exit code.

    Raises:
        UsageError: a token that is none.
        DataError: no model can be loaded.
    """
    own = {
        "host": settings.host,
        "token_file": settings.token_file,
        "ssl_certificate": settings.ssl_certificate,
        "ssl_key": settings.ssl_key,
    }
    given = [f"--{name}={value}" for name, value in own.items() if value is not None]
    if settings.max_request_mib is not None:
        given.append(f"--max_request_bytes={settings.max_request_mib * 2**20}")
    return main.main([*flags, *given])
