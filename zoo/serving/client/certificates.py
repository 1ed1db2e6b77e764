"""TLS towards an endpoint: whom to trust, and what a failed handshake means."""

import ssl
from pathlib import Path

from pipelines.errors import UsageError
from zoo.serving.client.endpoint_error import EndpointError

_OTHER_HOST = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH
_UNKNOWN_CA = (2, 18, 19, 20, 21, 24, 27)  # no issuer, self-signed, not trusted
_NO_TLS = ("WRONG_VERSION_NUMBER", "UNEXPECTED_EOF", "RECORD_LAYER_FAILURE")


def context(ca_file: str | None) -> ssl.SSLContext:
    """Asks for a valid certificate of the host.

    Args:
        ca_file: certificates in PEM whose signature counts, and no other's does; none =
            those that this machine trusts.

    Raises:
        UsageError: no such file, or no certificate in it.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"--ca-file {ca_file} holds no certificates in PEM: {error}"
        ) from None


def trusted(ca_file: str | None) -> bytes | None:
    """The certificates of `context` in PEM, for gRPC; none = those it brings itself."""
    checked = context(ca_file)
    if ca_file is not None:
        return Path(ca_file).read_bytes()
    known = checked.get_ca_certs(binary_form=True)
    return "".join(map(ssl.DER_cert_to_PEM_cert, known)).encode() or None


def error(failed: ssl.SSLError) -> EndpointError:
    """Why a handshake failed."""
    if isinstance(failed, ssl.SSLCertVerificationError):
        if failed.verify_code in _OTHER_HOST:
            return EndpointError("other_host", failed.verify_message)
        unknown = failed.verify_code in _UNKNOWN_CA
        code = "unknown_ca" if unknown else "bad_certificate"
        return EndpointError(code, failed.verify_message)
    reason = failed.reason or str(failed)
    if any(word in reason for word in _NO_TLS) or isinstance(failed, ssl.SSLEOFError):
        return EndpointError("no_tls", reason)
    return EndpointError("unreachable", reason)
