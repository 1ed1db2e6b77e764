"""What is served, and where it listens."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the command line says of a server, whichever it is."""

    root: Path
    model: str | None = None  # one of the root's; all unless named
    host: str = "127.0.0.1"
    port: int = 8500  # gRPC
    rest_port: int = 8501
    token_file: Path | None = None
    ssl_certificate: Path | None = None
    ssl_key: Path | None = None
    max_request_mib: int | None = None  # none = as the server has it

    def __post_init__(self):
        for name in ("port", "rest_port"):
            if not 0 < getattr(self, name) < 2**16:
                raise UsageError(
                    f"{_option(name)} is between 1 and 65535. Received: "
                    f"{getattr(self, name)}"
                )
        if self.port == self.rest_port:
            raise UsageError(
                f"--port and --rest-port differ. Received: {self.port} for both"
            )
        if (self.ssl_certificate is None) != (self.ssl_key is None):
            raise UsageError("--ssl-certificate and --ssl-key go together")
        if self.max_request_mib is not None and self.max_request_mib < 1:
            raise UsageError(
                f"--max-request-mib is 1 or more. Received: {self.max_request_mib}"
            )
        for name in ("token_file", "ssl_certificate", "ssl_key"):
            path = getattr(self, name)
            if path is not None and not path.is_file():
                raise UsageError(f"{_option(name)} {path} does not exist")
        if not self.root.is_dir():
            raise UsageError(
                f"{self.root} does not exist. Name the model root by --root; "
                "python -m zoo.export makes one"
            )


def check_ports(settings: Settings, host: str) -> None:
    """Whether both ports can be listened on.

    Args:
        host: the address that the server takes; "" = every one.

    Raises:
        UsageError: one can't, e.g. because another process has it.
    """
    for name in ("port", "rest_port"):
        port = getattr(settings, name)
        try:
            family = socket.getaddrinfo(host or None, port, flags=socket.AI_PASSIVE)[0]
            with socket.socket(family[0], socket.SOCK_STREAM) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind(family[4])
        except OSError as error:
            raise UsageError(
                f"{_option(name)} {port} of {host or 'this machine'} can't be listened "
                f"on: {os.strerror(error.errno) if error.errno > 0 else error}. End "
                f"the process that has it, or choose another by {_option(name)}"
            ) from error


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
