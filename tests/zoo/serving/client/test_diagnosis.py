"""What keeps a connection from being made, with real sockets and certificates."""

import socket

import pytest

from pipelines.errors import UsageError
from tests.zoo.serving.client.fake_servers import SERVERS, Model
from zoo.serving.client import certificates as tls
from zoo.serving.client import diagnosis
from zoo.serving.client.address import read


def cause(text, ca_file=None):
    error = diagnosis.cause(read(text), ca_file)
    return None if error is None else error.code


@pytest.fixture(params=SERVERS)
def protocol(request):
    return request.param


def serve(protocol, certificate=None, key=None):
    return SERVERS[protocol](Model({}), certificate=certificate, key=key)


def test_nothing_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert cause(f"grpc://127.0.0.1:{port}") == "refused"


def test_no_such_host():
    assert cause("http://no-such-host.invalid") == "unknown_host"


def test_nothing_is_wrong_with_a_plain_port(protocol):
    with serve(protocol) as port:
        assert cause(f"{protocol}://127.0.0.1:{port}") is None


def test_no_tls_on_that_port(protocol):
    with serve(protocol) as port:
        assert cause(f"{protocol}s://127.0.0.1:{port}") == "no_tls"


def test_tls_on_that_port(protocol, certificates):
    with serve(protocol, certificates.local, certificates.local_key) as port:
        assert cause(f"{protocol}://127.0.0.1:{port}") == "wants_tls"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_of_an_authority_that_was_named(protocol, certificates, host):
    with serve(protocol, certificates.local, certificates.local_key) as port:
        assert cause(f"{protocol}s://{host}:{port}", certificates.ca) is None
        assert cause(f"{protocol}s://{host}:{port}") == "unknown_ca"
        other = certificates.other
        assert cause(f"{protocol}s://{host}:{port}", other) == "unknown_ca"


def test_a_certificate_of_another_host(protocol, certificates):
    with serve(protocol, certificates.other, certificates.other_key) as port:
        text = f"{protocol}s://localhost:{port}"
        assert cause(text, certificates.ca) == "other_host"


def test_files_that_hold_no_certificates(tmp_path):
    (tmp_path / "ca.pem").write_text("none", encoding="utf-8")
    for name in ("ca.pem", "nosuch.pem"):
        with pytest.raises(UsageError, match=f"{name} holds no certificates in PEM"):
            tls.context(str(tmp_path / name))
