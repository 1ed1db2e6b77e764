"""The token that an endpoint asks for: from a file or the environment."""

from collections.abc import Mapping
from pathlib import Path

from pipelines.errors import UsageError
from zoo.serving.client.address import Address
from zoo.serving.loopback import is_loopback

VARIABLE = "ZOO_TOKEN"


def read(
    file: str | None, environment: Mapping[str, str], address: Address
) -> str | None:
    """The token for an endpoint, none where none is named.

    Args:
        file: that holds it and nothing else; it counts before `ZOO_TOKEN`.

    Raises:
        UsageError: a file that can't be read or holds no token, or one that would
            travel unencrypted to another machine.
    """
    if file is not None:
        token = _of_file(file)
    else:
        token = environment.get(VARIABLE, "").strip() or None
    if token is None:
        return None
    if not (token.isascii() and token.isprintable()) or " " in token:
        source = VARIABLE if file is None else file
        raise UsageError(
            f"a token is one word of ASCII letters, digits and signs. {source} holds "
            f"something else, {len(token)} characters long"
        )
    if not (address.tls or is_loopback(address.host)):
        secure = "grpcs" if address.grpc else "https"
        raise UsageError(
            f"the token would go to {address.host} unencrypted, for others to read. "
            f"Write {secure}://, or reach the endpoint by a tunnel that ends on this "
            "machine (ssh -L), or leave the token out"
        )
    return token


def _of_file(file: str) -> str:
    try:
        token = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--token-file {file} can't be read: {error}") from None
    if not token:
        raise UsageError(f"--token-file {file} is empty. It wants the token alone")
    return token
