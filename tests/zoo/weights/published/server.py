"""A local HTTP server with one file, and the faults that a download may meet."""

import contextlib
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(kw_only=True, eq=False)
class Faulty:
    """What the server has and how it behaves.

    Args:
        content: of the file, at any path but those in `others`.
        others: text by path.
        ranges: whether it can go on in the middle.
        etag: version of the file; empty = none is told.
        cuts: of the next answers, bytes after which the connection ends; None = all.
        codes: of the next answers, the status in the place of the file.
        requests: headers of every request for the file.
    """

    content: bytes
    others: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    etag: str = '"one"'
    cuts: list[int | None] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    address: str = ""


@contextlib.contextmanager
def serving(state: Faulty):
    """Runs the server; `state.address` is where its file is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path in state.others:
                self._send(200, state.others[self.path].encode(), {})
                return
            state.requests.append(dict(self.headers))
            if state.codes:
                self._send(state.codes.pop(0), b"", {})
                return
            self._file()

        def _file(self):
            headers = {"ETag": state.etag} if state.etag else {}
            asked = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
            same = self.headers.get("If-Range") in (None, state.etag)
            if not (asked and same and state.ranges):
                self._send(200, state.content, headers)
                return
            begin, size = int(asked[1]), len(state.content)
            if begin >= size:
                self._send(416, b"", {"Content-Range": f"bytes */{size}"})
                return
            headers["Content-Range"] = f"bytes {begin}-{size - 1}/{size}"
            self._send(206, state.content[begin:], headers)

        def _send(self, code, body, headers):
            cut = state.cuts.pop(0) if state.cuts and code in (200, 206) else None
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if cut is None else body[:cut])
            self.close_connection = True

        def log_message(self, *_):
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    state.address = f"http://127.0.0.1:{server.server_port}/weights.bin"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
