"""Who may ask: a token that every request carries, or nobody but this machine."""

import hmac
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from pipelines.errors import UsageError
from zoo.serving.endpoint.status_error import StatusError
from zoo.serving.loopback import is_loopback

_SHORTEST = 16
_SCHEME = "bearer"


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a request must show; without a token every request may pass."""

    token: str | None = field(default=None, repr=False)

    def check(self, authorization: str | None) -> None:
        """Lets a request pass, or raises; takes equally long however wrong it is.

        Args:
            authorization: value of the request's header (gRPC: metadata)
                `authorization`, `"Bearer TOKEN"`; none = there is none.

        Raises:
            StatusError: UNAUTHENTICATED.
        """
        if self.token is None:
            return
        scheme, _, shown = (authorization or "").partition(" ")
        same = hmac.compare_digest(shown.strip().encode(), self.token.encode())
        if scheme.lower() != _SCHEME or not same:
            raise StatusError(
                grpc.StatusCode.UNAUTHENTICATED,
                "the request must carry the header 'authorization: Bearer TOKEN' with "
                "the token of this server",
            )


def from_token_file(path: Path | None, *, host: str) -> Access:
    """The token that stands in a file, without white space around it.

    Raises:
        UsageError: the file can't be read, the token is short or not ASCII, or there is
            none though the server listens to other machines.
    """
    if path is None:
        if not is_loopback(host):
            raise UsageError(
                f"--host {host} lets other machines ask, so --token_file must name a "
                f"file with a token of {_SHORTEST} or more characters"
            )
        return Access()
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the token file {path} is no readable ASCII file") from error
    if len(token) < _SHORTEST or len(token.split()) != 1:
        raise UsageError(
            f"the token file {path} must hold one word of {_SHORTEST} or more "
            f"characters. Received: {len(token)} characters"
        )
    return Access(token=token)
