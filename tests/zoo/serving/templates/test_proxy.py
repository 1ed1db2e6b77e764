"""What the shipped proxy lets through, and what not, in both protocols."""

import http.client
import json
import socket
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from tests.zoo.serving.templates import backends, proxy
from tests.zoo.serving.templates.backends import PREDICT, RELOAD, STATUS
from zoo.serving.model_root import folder

pytestmark = pytest.mark.skipif(
    not (proxy.program("nginx") and proxy.program("openssl")),
    reason="needs nginx and openssl (apt-get install nginx-light openssl)",
)
BEARER = f"Bearer {proxy.TOKEN}"
WRONG = (
    None,
    "",
    "Bearer",
    f"Bearer {proxy.TOKEN}x",
    f"Bearer x{proxy.TOKEN}",
    f"Bearer {proxy.TOKEN.upper()}",
    f"Basic {proxy.TOKEN}",
    proxy.TOKEN,
    f"Bearer another {proxy.TOKEN}",
)
MIB = 2**20
SLOW_REFILL = [("rate=20r/s", "rate=1r/s")]  # so that a busy machine exceeds it too


@pytest.fixture(scope="module")
def ports():
    with backends.running() as ports:
        yield ports


@pytest.fixture
def start(ports, tmp_path):
    """Starts a proxy whose limits count from nothing."""

    def start(*, grpc_port=ports[0], rest_port=ports[1], instead=()):
        return proxy.running(
            tmp_path, grpc_port=grpc_port, rest_port=rest_port, instead=instead
        )

    return start


@pytest.fixture(scope="module")
def site(ports, tmp_path_factory):
    """A proxy whose rate is no matter."""
    with proxy.running(
        tmp_path_factory.mktemp("proxy"),
        grpc_port=ports[0],
        rest_port=ports[1],
        instead=[("rate=20r/s", "rate=9999r/s")],
    ) as site:
        yield site


def rest(site, path="/v1/models/liver", *, token=BEARER, body=None, method=None):
    """Status, headers and body of an answer."""
    trusted = ssl.create_default_context(cadata=site.certificate.decode())
    connection = http.client.HTTPSConnection(site.address, context=trusted, timeout=30)
    headers = {} if token is None else {"Authorization": token}
    method = method or ("GET" if body is None else "POST")
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def channel(site):
    trusted = grpc.ssl_channel_credentials(site.certificate)
    options = [*backends.SIZES, ("grpc.enable_retries", 0)]
    return grpc.secure_channel(site.address, trusted, options=options)


def call(opened, request=b"", *, method=PREDICT, token=BEARER):
    """What a call answers: bytes, or the status and its words."""
    metadata = [] if token is None else [("authorization", token)]
    try:
        return opened.unary_unary(method)(request, metadata=metadata, timeout=30)
    except grpc.RpcError as error:
        return error.code().name, error.details()


def ask(site, request=b"", **told):
    with channel(site) as opened:
        return call(opened, request, **told)


@pytest.mark.parametrize("token", [BEARER, f"bearer {proxy.TOKEN}"])
def test_a_request_with_the_token_passes_without_it(token, site):
    assert rest(site, token=token)[::2] == (200, b"/v1/models/liver |0")
    assert rest(site, "/v1/models/liver:predict", body=b"abc", token=token)[2] == (
        b"/v1/models/liver:predict |3"
    )
    assert ask(site, b"abc", token=token) == f"{PREDICT} |abc".encode()
    assert ask(site, method=STATUS, token=token) == f"{STATUS} |".encode()


def test_every_token_of_the_file_is_known(site):
    assert rest(site, token="Bearer another-token-of-this-site")[0] == 200


@pytest.mark.parametrize("token", WRONG)
def test_rest_without_the_token(token, site):
    status, headers, body = rest(site, token=token)
    assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
    assert headers["Content-Type"] == "application/json"
    assert "must carry the header Authorization" in json.loads(body)["error"]


@pytest.mark.parametrize("token", WRONG)
def test_grpc_without_the_token(token, site):
    code, words = ask(site, token=token)
    assert code == "UNAUTHENTICATED"
    assert "must carry the metadata authorization" in words


def test_a_large_request_without_the_token(site):
    assert rest(site, body=bytes(8 * MIB), token=None)[0] == 401
    assert ask(site, bytes(8 * MIB), token=None)[0] == "UNAUTHENTICATED"


def test_a_volume_passes(site):
    large = bytes(60 * MIB)
    assert rest(site, body=large)[2] == f"/v1/models/liver |{60 * MIB}".encode()
    assert len(ask(site, large)) == len(f"{PREDICT} |") + 60 * MIB


def test_a_request_that_is_too_large(site):
    large = bytes(65 * MIB)
    status, _, body = rest(site, body=large)
    assert status == 413
    assert "larger than this site allows" in json.loads(body)["error"]
    assert ask(site, large) == (
        "RESOURCE_EXHAUSTED",
        "the request is larger than this site allows",
    )


def test_rest_that_is_too_fast(start):
    with start(instead=SLOW_REFILL) as site:
        statuses = [rest(site)[0] for _ in range(120)]
        last = rest(site)
    assert {*statuses} == {200, 429}
    assert statuses[:64] == [200] * 64
    assert (last[0], last[1]["Retry-After"]) == (429, "1")
    assert "too many requests" in json.loads(last[2])["error"]


def test_grpc_that_is_too_fast(start):
    with start(instead=SLOW_REFILL) as site, channel(site) as opened:
        answers = [call(opened) for _ in range(120)]
    assert answers[:64] == [f"{PREDICT} |".encode()] * 64
    assert {a for a in answers if isinstance(a, tuple)} == {
        ("UNAVAILABLE", "too many requests: try again later")
    }


def test_too_many_at_a_time(site):
    with channel(site) as opened, ThreadPoolExecutor(40) as threads:
        answers = [*threads.map(lambda _: call(opened, b"slow"), range(40))]
        statuses = [*threads.map(lambda _: rest(site, body=b"slow")[0], range(40))]
    refused = ("UNAVAILABLE", "too many requests: try again later")
    assert {*answers} == {f"{PREDICT} |slow".encode(), refused}
    assert {*statuses} == {200, 429}
    assert min(statuses.count(200), len(answers) - answers.count(refused)) >= 32


def test_a_server_that_is_away(start):
    with start(grpc_port=proxy.free_port(), rest_port=proxy.free_port()) as site:
        status, _, body = rest(site)
        assert status == 503
        assert "does not answer" in json.loads(body)["error"]
        assert ask(site) == (
            "UNAVAILABLE",
            "the server does not answer: try again later",
        )


def test_a_server_that_is_slow(start):
    with start(instead=[("120s", "1s")]) as site:
        assert rest(site, body=b"slow")[0] == 504
        assert ask(site, b"slow") == ("DEADLINE_EXCEEDED", "the server took too long")


def test_what_the_server_refuses_is_told(site):
    assert ask(site, b"wrong") == ("INVALID_ARGUMENT", "the request is wrong")


@pytest.mark.parametrize(
    "path",
    [
        "/monitoring/prometheus/metrics",
        "/v1/models/../../monitoring/prometheus/metrics",
        "/v1/models/%2e%2e/%2e%2e/monitoring/prometheus/metrics",
        "//monitoring/prometheus/metrics",
        "/",
        "/v1/nosuch",
    ],
)
def test_what_is_not_public(path, site):
    assert rest(site, path)[0] == 404


def test_nobody_changes_by_grpc_what_is_served(site):
    assert ask(site, method=RELOAD)[0] == "UNIMPLEMENTED"


def test_there_is_no_way_without_tls(site):
    with grpc.insecure_channel(site.address) as opened:
        assert call(opened)[0] == "UNAVAILABLE"
    plain = http.client.HTTPConnection(site.address, timeout=30)
    plain.request("GET", "/v1/models/liver", headers={"Authorization": BEARER})
    assert plain.getresponse().status == 400
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(
            socket.create_connection(("localhost", site.port)),
            server_hostname="localhost",
        )


@pytest.mark.parametrize(
    "tokens", ["", "\n", "short\n", "a b c d e f g h i j k\n", 'x"; evil "\n' * 2]
)
def test_a_file_of_tokens_that_is_wrong(tokens, tmp_path):
    (tmp_path / "token").write_text(tokens, encoding="utf-8")
    script = folder.template("token-map.sh")
    done = subprocess.run(
        ["sh", script, tmp_path / "token", tmp_path / "map", "echo", "begun"],
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "each line must be one token of 16 or more" in done.stderr
    assert not (tmp_path / "map").exists()


def test_the_map_is_for_the_master_process_alone(tmp_path):
    (tmp_path / "token").write_text(proxy.TOKEN, encoding="utf-8")  # no end of line
    script = folder.template("token-map.sh")
    subprocess.run(
        ["sh", script, tmp_path / "token", tmp_path / "map", "true"], check=True
    )
    assert (tmp_path / "map").read_text(encoding="utf-8").split("\n")[0] == (
        f'"~^[Bb]earer {proxy.TOKEN}$" 1;'
    )
    assert (tmp_path / "map").stat().st_mode & 0o077 == 0
