"""Whether an address is this machine alone: what needs neither a token nor TLS."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether nothing that goes to or listens on a host crosses a wire.

    Names other than `localhost` count as elsewhere: they are not looked up.
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
