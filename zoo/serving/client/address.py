"""Where an endpoint is: `grpc(s)://host:port` or `http(s)://host:port`."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.errors import UsageError

_SCHEMES = {  # whether by gRPC, whether by TLS, the port where none is written
    "grpc": (True, False, None),
    "grpcs": (True, True, None),
    "http": (False, False, 80),
    "https": (False, True, 443),
}


@dataclass(frozen=True, kw_only=True)
class Address:
    """An endpoint and how it is spoken to.

    Args:
        grpc: by gRPC, else by HTTP with JSON.
        tls: encrypted, with a certificate of the host.
        path: before that of the protocol, of HTTP alone; "" or `/prefix`.
    """

    grpc: bool
    tls: bool
    host: str
    port: int
    path: str = ""

    @property
    def target(self) -> str:
        """`host:port`, an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def __str__(self) -> str:
        scheme = ("grpc" if self.grpc else "http") + ("s" if self.tls else "")
        return f"{scheme}://{self.target}{self.path}"


def read(text: str) -> Address:
    """The address that is written.

    Raises:
        UsageError: another scheme, no host or port, or what an address must not hold.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UsageError(_wanted(text)) from None
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(
            "--endpoint names a host and a port, no user, password or query: others "
            "can read a command line. A token is named by --token-file or ZOO_TOKEN"
        )
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise UsageError(_wanted(text))
    grpc, tls, usual_port = _SCHEMES[parts.scheme]
    port = usual_port if port is None else port
    path = parts.path.rstrip("/")
    if not port or (grpc and path) or not _can_be_sent(parts.hostname, path):
        raise UsageError(_wanted(text))
    return Address(grpc=grpc, tls=tls, host=parts.hostname, port=port, path=path)


def _can_be_sent(host: str, path: str) -> bool:
    """Whether a name service takes the host, and HTTP the path."""
    try:
        host.encode("idna")
    except UnicodeError:  # an empty part of the name, or one that is too long
        return False
    return path.isascii() and (host + path).isprintable() and " " not in host + path


def _wanted(text: str) -> str:
    return (
        "--endpoint wants grpc://host:port, grpcs://host:port, http://host:port or "
        f"https://host:port. Received: {text}"
    )
