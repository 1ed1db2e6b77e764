"""Mutated REST requests, and what an answer to them may be."""

import contextlib
import gzip
import http.client
import json
import socket
import struct
import time

import fuzz_serving_bodies
import fuzz_serving_server

PATH = "/v1/models/multi:predict"
GOOD_ANSWER = {
    "predictions": [{"n": [1, -2, 3], "flag": [True, False, True], "sum": [2, 0, 6]}]
}
# 409 is an op that gives up (ABORTED), as oneDNN's pooling of an empty volume does
PROPER = {200, 400, 401, 404, 408, 409, 413, 429, 499, 501, 503, 504}
TIMEOUT_S = 60

_TARGETS = (
    *(PATH, "/v1/models/multi/versions/1:predict", "/v1/models/multi/labels/stable"),
    *("/v1/models/multi/labels/stable:predict", "/v1/models/half_plus_two:predict"),
    *("/v1/models/multi", "/v1/models/multi/metadata", "/v1/models", "/", "/v1/", "//"),
    *(
        "/v1/models/multi:classify",
        "/v1/models/%00%ff:predict",
        "/v1/models/" + "a" * 99,
    ),
    *("/v1/models/multi/versions/99999999999999999999", "/v1/../v1/models/multi", "*"),
    *("http://a/v1/models/multi", "/v1/models/multi/versions/-1:predict", "/v1/%zz?#"),
)
_HEADS = (
    "Content-Encoding: gzip",
    "Content-Type: application/x-www-form-urlencoded",
    "Authorization: Bearer \xff",
    "Expect: 100-continue",
    "Expect: nothing",
    "Connection: close",
    "Connection: Upgrade\r\nUpgrade: websocket",
    "Range: bytes=0-",
    "Cookie: " + "a" * 4000,
    "X: " + "b" * 20_000,
    "\r\n".join(f"X{number}: 1" for number in range(200)),
    "Content-Length: -1",
    "Content-Length: 99999999999",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 4",
    " folded: header",
    "no colon",
)


def request(rng):
    """The bytes of one request."""
    body = fuzz_serving_bodies.body(rng)
    method, target, heads = "POST", PATH, []
    if rng.random() < 0.2:
        target = rng.choice(_TARGETS)
    if rng.random() < 0.1:
        method = rng.choice(("GET", "PUT", "OPTIONS", "HEAD", "TRACE", "pOST", "\x01"))
    if rng.random() < 0.1:
        heads.append(rng.choice(_HEADS))
    packed = rng.random() < 0.03
    if packed:
        body = gzip.compress(body, 1)
        if rng.random() < 0.3:
            body = body[: rng.randrange(len(body))]
        heads.append("Content-Encoding: gzip")
    if rng.random() < 0.05:
        chunks = [body[: len(body) // 2], body[len(body) // 2 :], b""]
        body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
        heads.append("Transfer-Encoding: chunked")
    elif not any("Content-Length" in head for head in heads):
        heads.append(f"Content-Length: {len(body)}")
    head = "\r\n".join((f"{method} {target} HTTP/1.1", "Host: a", *heads))
    return head.encode("latin-1") + b"\r\n\r\n" + body


class Client:
    """One connection at a time, opened anew after whatever ends it."""

    def __init__(self, port):
        self._port = port
        self._socket = None

    def _connected(self):
        if self._socket is None:
            self._socket = socket.create_connection(
                ("127.0.0.1", self._port), TIMEOUT_S
            )
        return self._socket

    def close(self):
        """Ends the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def ask(self, raw):
        """Status and body; status 0 if the server closed without an answer.

        Raises:
            TimeoutError: there's no answer: the server hangs.
        """
        sock = self._connected()
        # a refusal may come, and the connection end, before everything is sent
        with contextlib.suppress(ConnectionError):
            sock.sendall(raw)
        method = "HEAD" if raw.startswith(b"HEAD") else "POST"
        answer = http.client.HTTPResponse(sock, method=method)
        try:
            answer.begin()
            body = answer.read()
        except (ConnectionError, http.client.HTTPException):
            self.close()
            return 0, b""
        if answer.will_close or b"100-continue" in raw:
            self.close()
        return answer.status, body

    def cut(self, raw, rng):
        """Sends a part of a request, and goes."""
        self.close()
        sock = self._connected()
        with contextlib.suppress(ConnectionError):
            sock.sendall(raw[: rng.randrange(len(raw))])
        if rng.random() < 0.5:  # by a reset
            sock.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        self.close()


def fault(status, body):
    """What is wrong with an answer to a mutated request; none if nothing is."""
    if status not in PROPER | {0}:
        return f"HTTP {status}: {body[:200]!r}"
    if status not in (0, 200) and body:
        try:
            if not isinstance(json.loads(body)["error"], str):
                return f"HTTP {status} without an error: {body[:200]!r}"
        except (ValueError, KeyError, TypeError):
            return f"HTTP {status}, not JSON: {body[:200]!r}"
    return None


def large_fault(client, rng):
    """What is wrong with the answer to a request above the limit."""
    heads = f"POST {PATH} HTTP/1.1\r\nHost: a\r\n"
    body = b" " * (fuzz_serving_server.MAX_BYTES + rng.randint(1, 1000))
    client.close()
    if rng.random() < 0.5:
        raw = f"{heads}Content-Length: {len(body)}\r\n\r\n".encode() + body
    else:
        chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        raw = f"{heads}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk
    status, body = client.ask(raw)
    return None if status == 413 else f"a request too large got HTTP {status}: {body!r}"


def good_fault(client):
    """What is wrong with the answer to a good request; none if nothing is."""
    good = fuzz_serving_bodies.GOOD
    head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(good)}\r\n\r\n"
    client.close()  # whatever the last request left behind
    status, body = client.ask(head.encode() + good)
    if status != 200 or json.loads(body) != GOOD_ANSWER:
        return f"a good REST request got HTTP {status}: {body[:200]!r}"
    return None


def dripped(port, stop):
    """Seconds until the server cuts a client that sends a byte a second, if it does."""
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as sock:
        sock.settimeout(1.0)
        sock.sendall(f"POST {PATH} HTTP/1.1\r\nHost: a\r\nX: ".encode())
        while not stop.is_set():
            try:
                sock.sendall(b"a")
                if not sock.recv(2**16):
                    return time.monotonic() - start
            except TimeoutError:
                continue
            except ConnectionError:
                return time.monotonic() - start
    return None
