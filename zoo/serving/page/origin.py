"""Whether a request comes from the page itself, by a name of this machine."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from zoo.serving.loopback import is_loopback
from zoo.serving.page.upload_error import UploadError

_OWN_SITES = ("same-origin", "none")  # of Sec-Fetch-Site; none = typed by the user


def check(
    headers: Mapping[str, str],
    *,
    only_here: bool,
    scheme: str,
    is_start: bool = False,
) -> None:
    """Refuses what another site has a browser send.

    A browser says where a request comes from in `Origin` or `Sec-Fetch-Site`, and a
    name that was rebound to this machine in `Host`. Programs send neither of the first
    two, and need neither.

    Args:
        headers: of the request.
        only_here: whether the server listens to this machine alone, so that no other
            name can be meant.
        scheme: `"http"` or `"https"`.
        is_start: whether the page itself is asked for, which a link elsewhere may lead
            to; it says nothing, and no frame shows it.

    Raises:
        UploadError: no host, a foreign one, or another site.
    """
    host = headers.get("Host", "")
    name = _name(host)
    if not name or (only_here and not _is_here(name)):
        raise UploadError(
            "other_host",
            "the page is asked by a name that is not this machine's. Open it at the "
            "address that the server printed",
            status=421,
        )
    site = headers.get("Sec-Fetch-Site", "none")
    origin = headers.get("Origin")
    follows_link = is_start and headers.get("Sec-Fetch-Dest") == "document"
    if (site not in _OWN_SITES and not follows_link) or (
        origin is not None and origin.lower() != f"{scheme}://{host}".lower()
    ):
        raise UploadError(
            "other_site",
            "the request comes from another site. Open the page itself",
            status=403,
        )


def _name(host: str) -> str:
    """The host without its port; "" for what is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # one that is no number raises
    except ValueError:
        return ""
    whole = parts.netloc == host and not (parts.path or parts.query or parts.fragment)
    return (parts.hostname or "") if whole and "@" not in host else ""


def _is_here(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return is_loopback(name)
