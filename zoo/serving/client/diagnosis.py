"""Why an endpoint can't be reached: looked at by a plain connection of its own.

What gRPC says of a failed connection changes with its version and names no cause; a
connection by Python's own TLS does.
"""

import contextlib
import socket
import ssl

from zoo.serving.client import certificates
from zoo.serving.client.address import Address
from zoo.serving.client.endpoint_error import EndpointError

_LONGEST_S = 5.0


def cause(address: Address, ca_file: str | None) -> EndpointError | None:
    """What is wrong with the way to the endpoint; none = nothing that can be seen."""
    try:
        with _connected(address) as connection:
            if address.tls:
                return _handshake(connection, address, certificates.context(ca_file))
            return EndpointError("wants_tls") if _speaks_tls(connection) else None
    except socket.gaierror as error:
        return EndpointError("unknown_host", error.strerror or "")
    except ConnectionRefusedError as error:
        return EndpointError("refused", error.strerror or "")
    except OSError as error:
        return EndpointError("unreachable", error.strerror or str(error))


def _connected(address: Address) -> contextlib.closing:
    place = (address.host, address.port)
    return contextlib.closing(socket.create_connection(place, timeout=_LONGEST_S))


def _handshake(
    connection: socket.socket, address: Address, context: ssl.SSLContext
) -> EndpointError | None:
    try:
        with context.wrap_socket(connection, server_hostname=address.host):
            return None
    except ssl.SSLError as error:
        return certificates.error(error)
    except (ConnectionResetError, TimeoutError) as error:
        return EndpointError("no_tls", str(error))  # closed, or waits for its own words


def _speaks_tls(connection: socket.socket) -> bool:
    """Whether a handshake succeeds, whoever's certificate is shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing is sent: it only asks for TLS
    try:
        with context.wrap_socket(connection):
            return True
    except OSError:
        return False
