"""Where a chief listens: a port of this machine, or of a host that is named."""

import re
import socket
from dataclasses import dataclass, replace

from pipelines.errors import UsageError

LOOPBACK = "127.0.0.1"
_ADDRESS = re.compile(
    r"(?:(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:/\s]+):)?(?P<port>[0-9]{1,5})"
)
_ALL = ("0.0.0.0", "::")
_LAST_PORT = 65_535


@dataclass(frozen=True, kw_only=True)
class ChiefAddress:
    """Host, without the brackets of IPv6, and port.

    >>> parsed("8765", "--chief").target
    '127.0.0.1:8765'
    """

    host: str = LOOPBACK
    port: int

    @property
    def target(self) -> str:
        """As gRPC has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def for_workers(self) -> str:
        """As workers name it: what stands for all addresses is this machine's name."""
        if self.host in _ALL:
            return replace(self, host=socket.gethostname()).target
        return self.target


def parsed(text: str, option: str) -> ChiefAddress:
    """What `8765`, `node3:8765` or `[::1]:8765` name; a port alone is of this machine.

    Raises:
        UsageError: another text.
    """
    read = _ADDRESS.fullmatch(text)
    if read is None or not 0 < int(read["port"]) <= _LAST_PORT:
        raise UsageError(
            f"{option} is PORT, on this machine, or HOST:PORT, with a port from 1 to "
            f"{_LAST_PORT}. Received: {text!r}"
        )
    return ChiefAddress(
        host=(read["host"] or LOOPBACK).strip("[]"), port=int(read["port"])
    )
