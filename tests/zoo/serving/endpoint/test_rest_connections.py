import time

from tests.zoo.serving.endpoint.rest_served import raw, received, rest_port
from zoo.serving.endpoint.rest_server import RestOptions

_ASK = b"GET /v1/models/multi HTTP/1.1\r\nHost: a\r\n\r\n"


def cut_after(sock, *, sending=b""):
    """Seconds until the server closes a connection on which bytes drip."""
    start = time.monotonic()
    sock.settimeout(0.1)
    while time.monotonic() - start < 20:
        try:
            sock.sendall(sending)
            if not sock.recv(2**16):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - start


def test_a_client_that_sends_nothing_is_cut():
    with rest_port(options=RestOptions(waiting_s=0.5)) as port, raw(port) as sock:
        assert 0.3 < cut_after(sock) < 15


def test_a_client_that_never_ends_its_head_is_cut():
    with rest_port(options=RestOptions(waiting_s=0.5)) as port, raw(port) as sock:
        sock.sendall(_ASK[:-2])
        assert 0.3 < cut_after(sock, sending=b"A: b\r\n") < 15


def test_a_client_that_asks_no_more_is_cut():
    with rest_port(options=RestOptions(waiting_s=0.5)) as port, raw(port) as sock:
        sock.sendall(_ASK)
        assert sock.recv(12) == b"HTTP/1.1 200"
        assert 0.3 < cut_after(sock) < 15


def test_a_client_that_asks_again_is_kept():
    with rest_port(options=RestOptions(waiting_s=2.5)) as port, raw(port) as sock:
        for _ in range(4):
            sock.sendall(_ASK)
            answer = sock.recv(2**16)
            while not answer.endswith(b"}"):
                answer += sock.recv(2**16)
            assert answer.startswith(b"HTTP/1.1 200")
            time.sleep(0.7)  # four times more than the waiting time


def test_requests_sent_at_once_are_answered_in_order():
    with rest_port() as port, raw(port) as sock:
        close = b"Connection: close\r\n\r\n"
        sock.sendall(_ASK * 3 + _ASK.replace(b"multi", b"none")[:-2] + close)
        answer = received(sock)
    assert answer.count(b"HTTP/1.1 200") == 3
    assert answer.rindex(b"HTTP/1.1 404") > answer.rindex(b"HTTP/1.1 200")
