"""Mutated REST requests, each the same for the same seed and number."""

import gzip
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass

_ODD = (
    *(None, True, False, "", "a", [], {}, [[]], [{}], 0, -1, 1.5, -0.0, 2**31, 2**63),
    *(-(2**63) - 1, 2**64, 10**400, "\x00", "\ud800", "\U0001f600", {"b64": "AAAA"}),
    *({"b64": "!"}, {"b64": 1}, {"b64": "A"}, {"b64": "AA==", "c": 1}, float("nan")),
    *(float("inf"), [1, [2]], [[1, 2], [3]], [[[[[[[1]]]]]]], "NaN", {"x": {"x": 1}}),
)
_NUMBERS = ("1e999", "-1e999", "1e-999", "01", "+1", ".5", "1.", "0x10", "1e", "-")
_NUMBERS += ("9" * 5000, "0." + "1" * 5000, "Inf", "-Inf", "-NaN", "Infinit", "nul")
_PATHS = (
    *(
        "/",
        "/v1",
        "/v1/",
        "/v1/models",
        "/v1/models/",
        "//",
        "*",
        "/v1/models//versions",
    ),
    *("/v1/models/multi/versions/1/metadata", "/v1/models/multi/labels/stable"),
    *("/v1/models/multi/versions/99999999999999999999", "/v1/models/%6dulti"),
    *("/v1/models/multi/versions/-1", "/v1/models/multi/labels/", "/V1/MODELS/multi"),
    *("/v1/models/multi:explain", "/v1/models/multi:predict?x=1", "/v1/models/%00"),
    *("/v1/models/%ff%fe", "/v1/models/..%2f..%2fetc", "/v1/models/multi#a", "/%"),
    *("/v1/models/" + "m" * 5000, "/v1/models/" + "%41" * 2000, "/" + "a/" * 3000),
    *("http://other/v1/models/multi", "/v1/models/multi/metadata/metadata"),
)
_INPUTS = (("serving_default", "volume"), ("scal", "x"), ("nan", "x"), ("half", "x"))
_METHODS = ("PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "get", "FOO", "POST")
_HEADERS = (
    *("Content-Encoding: br", "Content-Type: ", "Expect: 100-continue", "Expect: x"),
    *("Connection: upgrade\r\nUpgrade: websocket", "Upgrade: h2c", "Range: bytes=0-"),
    *("Content-Length: 3\r\nContent-Length: 4", "Content-Length: -1", "Host: "),
    *("Content-Length: x", "Transfer-Encoding: x", "Transfer-Encoding: chunked, x"),
    *("X: " + "a" * 7000, "X: " + "a" * 90000, "X: a\r\n" * 300 + "X: a", "X", ": a"),
    *("Authorization: B\xe9arer x", "X: \x00", "Cookie: a=\x7f", "Accept: text/html"),
)


@dataclass(frozen=True, kw_only=True)
class RestRequest:
    """What is written to a connection, and what may come back."""

    kind: str
    pieces: tuple[bytes, ...]  # written one after another
    pause_s: float = 0.0  # before each piece but the first
    method: str = "POST"
    cut: bool = False  # the client leaves without waiting for an answer
    is_http: bool = True  # and has an answer therefore
    # 409: oneDNN's kernels call an empty volume ABORTED
    statuses: frozenset[int] = frozenset({200, 400, 404, 408, 409, 413, 501})


def framed(path: str, body: bytes, *, method: str = "POST", headers: str = "") -> bytes:
    """A request with a length that is right, unless `headers` has another."""
    length = "" if "Content-Length" in headers else f"Content-Length: {len(body)}\r\n"
    head = f"{method} {path} HTTP/1.1\r\nHost: a\r\n{length}Connection: close\r\n"
    return (head + headers).encode("latin-1", "replace") + b"\r\n" + body


class RestRequests:
    """Makes the requests of one run.

    Args:
        recorded: cases of `tests/fixtures/tfserving/rest.json`, which are mutated.
        max_bytes: the server's limit of a body.
    """

    def __init__(self, recorded: list[dict[str, str]], *, max_bytes: int):
        self._posts = [case for case in recorded if case["method"] == "POST"]
        self._predicts = [c for c in self._posts if c["path"].endswith(":predict")]
        self._paths = [case["path"] for case in recorded]
        self._max_bytes = max_bytes
        self._kinds: tuple[tuple[int, Callable[[random.Random], RestRequest]], ...] = (
            *((22, self._values), (20, self._bytes), (8, self._numbers)),
            (12, self._shapes),
            *((6, self._deep), (6, self._long), (3, self._too_large), (5, self._gzip)),
            *((8, self._path), (6, self._header), (4, self._no_http)),
            *((3, self._slow), (6, self._cut), (3, self._chunked)),
        )

    def make(self, source: random.Random) -> RestRequest:
        """One request, of a kind and with a mutation that the source decides."""
        weights, makers = zip(*self._kinds)
        return source.choices(makers, weights)[0](source)

    def _post(self, source: random.Random) -> tuple[str, str]:
        posts = self._posts if source.random() < 0.05 else self._predicts
        case = source.choice(posts)
        return case["path"], case["body"]

    def _values(self, source: random.Random) -> RestRequest:
        """One or more values of the document are others."""
        path, text = self._post(source)
        try:
            document = json.loads(text)
        except ValueError:
            document = {"instances": [1]}
        for _ in range(source.randint(1, 3)):
            document = replaced(document, source)
        body = json.dumps(document, ensure_ascii=source.random() < 0.5)
        return _asked("values", path, body.encode("utf-8", "surrogatepass"))

    def _bytes(self, source: random.Random) -> RestRequest:
        path, text = self._post(source)
        return _asked("bytes", path, damaged(text.encode(), source))

    def _shapes(self, source: random.Random) -> RestRequest:
        """Right types in lists of any depth, empty ones as well."""
        signature, name = source.choice(_INPUTS)
        value = _nested(source, source.randint(0, 8))
        rows = [{name: value}] * source.randint(1, 3)
        document = source.choice(({"inputs": value}, {"instances": rows}))
        body = json.dumps(document | {"signature_name": signature})
        return _asked("shapes", "/v1/models/multi:predict", body.encode())

    def _numbers(self, source: random.Random) -> RestRequest:
        path, text = self._post(source)
        text = re.sub(r"-?\d[\d.e+-]*", lambda _: source.choice(_NUMBERS), text)
        return _asked("numbers", path, text.encode())

    def _deep(self, source: random.Random) -> RestRequest:
        """Lists or objects in one another."""
        path, _ = self._post(source)
        most = self._max_bytes // 8
        depth = source.choice((30, 33, 70, 500, 990, 3000, 20000, most))
        opening, closing = source.choice(
            (("[", "]"), ('{"a":', "}"), ('[{"b64":', "}]"))
        )
        inner = opening * depth + "1" + closing * (depth * (source.random() < 0.5))
        start = source.choice(('{"instances":', '{"inputs":', '{"signature_name":', ""))
        return _asked("deep", path, (start + inner + "}" * bool(start)).encode())

    def _long(self, source: random.Random) -> RestRequest:
        """Many rows, and one of them perhaps another."""
        path, _ = self._post(source)
        rows = [source.choice((1, 1.5, [1, 2], [[]], {"x": 1}, {"b64": "AA=="}))]
        rows *= source.choice((10, 1000, 20000))
        if source.random() < 0.5:
            rows[source.randrange(len(rows))] = source.choice(_ODD)
        document = {source.choice(("instances", "inputs")): rows}
        return _asked("long", path, json.dumps(document).encode())

    def _too_large(self, source: random.Random) -> RestRequest:
        """More than the limit: claimed, or really sent."""
        path = "/v1/models/multi:predict"  # others may be refused for what they are
        claimed = source.choice((self._max_bytes + 1, 2**31, 2**40, 10**17))
        body = b"" if source.random() < 0.7 else b" " * (self._max_bytes + 1)
        length = max(len(body), claimed if not body else 0)
        request = framed(path, body, headers=f"Content-Length: {length}\r\n")
        return RestRequest(
            kind="too large", pieces=(request,), statuses=frozenset({413})
        )

    def _gzip(self, source: random.Random) -> RestRequest:
        path, text = self._post(source)
        body = source.choice((text.encode(), b" " * (self._max_bytes * 8)))
        packed = gzip.compress(body, mtime=0)
        if source.random() < 0.5:
            packed = damaged(packed, source)
        request = framed(path, packed, headers="Content-Encoding: gzip\r\n")
        return RestRequest(kind="gzip", pieces=(request,))

    def _path(self, source: random.Random) -> RestRequest:
        path = source.choice((*_PATHS, *self._paths))
        if source.random() < 0.5:
            path = damaged(path.encode(), source).decode("latin-1")
            path = re.sub(r"[\x00-\x20\x7f]", "%", path) or "/"
        method = source.choice((*_METHODS, "GET", "GET", "GET", "POST"))
        request = framed(path, b"", method=method)
        # HTTP's own parser may refuse it, in whatever way
        return RestRequest(kind="path", pieces=(request,), method=method)

    def _header(self, source: random.Random) -> RestRequest:
        path, text = self._post(source)
        request = framed(path, text.encode(), headers=source.choice(_HEADERS) + "\r\n")
        return RestRequest(kind="header", pieces=(request,), is_http=False)

    def _no_http(self, source: random.Random) -> RestRequest:
        """Bytes of another protocol, of none, or a damaged request."""
        path, text = self._post(source)
        made = source.choice(
            (
                source.randbytes(source.randint(1, 3000)),
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + source.randbytes(200),
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + source.randbytes(50),
                damaged(framed(path, text.encode()), source),
                framed(path, text.encode()) * 3,
                b"\r\n" * 5000,
            )
        )
        return RestRequest(
            kind="no HTTP", pieces=(made,), cut=source.random() < 0.5, is_http=False
        )

    def _slow(self, source: random.Random) -> RestRequest:
        """A right request, a few bytes at a time."""
        path, text = self._post(source)
        request = framed(path, text.encode())
        size = -(-len(request) // source.randint(3, 8))
        pieces = [request[at : at + size] for at in range(0, len(request), size)]
        return RestRequest(kind="slow", pieces=tuple(pieces), pause_s=0.03)

    def _cut(self, source: random.Random) -> RestRequest:
        """A request of which a part never comes, or an answer nobody waits for."""
        path, text = self._post(source)
        request = framed(path, text.encode())
        sent = request[: source.randint(1, len(request))]
        return RestRequest(kind="cut", pieces=(sent,), cut=True)

    def _chunked(self, source: random.Random) -> RestRequest:
        path, text = self._post(source)
        size = source.choice(
            (f"{len(text):x}", "0", "ffffffffffffffff", "-1", "g", "1")
        )
        body = f"{size}\r\n{text}\r\n0\r\n\r\n".encode()
        if source.random() < 0.3:  # beyond the limit without saying so before
            body = b"10000\r\n" + b" " * 65536 + b"\r\n"
            body *= self._max_bytes // 65536 + 2
        request = framed(path, b"", headers="Transfer-Encoding: chunked\r\n")
        request = request.replace(b"Content-Length: 0\r\n", b"") + body
        return RestRequest(kind="chunked", pieces=(request,), is_http=False)


def _nested(source: random.Random, rank: int) -> object:
    """A number in lists, mostly all of one length."""
    if rank == 0:
        return source.choice((0, 1.5, -1e38, 1e-45, float("nan"), float("inf")))
    size = source.choice((1, 1, 1, 2, 3, 0))
    if source.random() < 0.9:
        return [_nested(source, rank - 1)] * size
    return [_nested(source, rank - 1) for _ in range(size)]


def _asked(kind: str, path: str, body: bytes) -> RestRequest:
    return RestRequest(kind=kind, pieces=(framed(path, body),))


def replaced(node: object, source: random.Random) -> object:
    """A JSON value with one of its parts, or itself, replaced by an odd one."""
    if isinstance(node, dict) and node and source.random() < 0.85:
        key = source.choice(list(node))
        value = replaced(node[key], source)
        if source.random() < 0.1:
            key = source.choice(("", "b64", "inputs", "instances", "\x00", "é"))
        return node | {key: value}
    if isinstance(node, list) and node and source.random() < 0.7:
        at = source.randrange(len(node))
        return [*node[:at], replaced(node[at], source), *node[at + 1 :]]
    return source.choice(_ODD)


def damaged(data: bytes, source: random.Random) -> bytes:
    """Bytes with some of them changed, left out, put in or said twice."""
    made = bytearray(data)
    for _ in range(source.randint(1, 4)):
        at = source.randrange(len(made) + 1)
        to = min(len(made), at + source.randint(1, 8))
        part = source.choice(
            (
                b"",
                source.randbytes(to - at),
                bytes(made[at:to]) * 2,
                b'"',
                b"\\",
                b"\xff",
            )
        )
        made[at:to] = part
    return bytes(made)
