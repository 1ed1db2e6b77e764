"""The embedded endpoint, in this process, with the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zoo.serving.endpoint import main
from zoo.serving.loopback import is_loopback
from zoo.serving.servers.settings import Settings

if TYPE_CHECKING:  # they load TensorFlow, and the options are read before
    from zoo.serving.endpoint.access import Access
    from zoo.serving.endpoint.served_models import ServedModels
    from zoo.serving.page.site import PageSite


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

    def page(models: ServedModels, access: Access) -> PageSite:
        from zoo.serving.page.site import PageSite

        return PageSite(
            models,
            access,
            only_here=is_loopback(settings.host),
            scheme="http" if settings.ssl_certificate is None else "https",
        )

    return main.main([*flags, *given], page)
