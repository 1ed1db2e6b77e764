"""The shipped proxy under the nginx of this machine, on loopback."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from zoo.serving.model_root import folder

TOKEN = "correct-horse_battery-staple-0123456789"
_PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin"


def program(name):
    """Where a program lies; none if it isn't here."""
    return shutil.which(name, path=_PLACES)


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A proxy that runs."""

    port: int
    certificate: bytes

    @property
    def address(self):
        return f"localhost:{self.port}"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def certificate(at):
    """Makes a self-signed certificate of localhost, and its key, in a folder."""
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "ec"]
        + ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        + ["-keyout", str(at / "key"), "-out", str(at / "certificate")],
        check=True,
        capture_output=True,
    )


@contextlib.contextmanager
def running(at, *, grpc_port, rest_port, instead=()):
    """Yields a `Proxy` before a backend.

    What is replaced in the shipped configuration: the folders, which are the
    container's, ports, and the names of the backend.

    Args:
        at: a folder for its files.
        instead: pairs, what to put in place of what else.
    """
    certificate(at)
    (at / "token").write_text(
        f"another-token-of-this-site\n{TOKEN}\n", encoding="utf-8"
    )
    port = free_port()
    text = folder.template("nginx.conf").read_text(encoding="utf-8")
    replaced = {
        "/run/proxy": str(at),
        "/run/secrets": str(at),
        "8443": str(port),
        "server:8500": f"127.0.0.1:{grpc_port}",
        "server:8501": f"127.0.0.1:{rest_port}",
        **dict(instead),
    }
    for shipped, here in replaced.items():
        assert shipped in text
        text = text.replace(shipped, here)
    (at / "nginx.conf").write_text(text, encoding="utf-8")
    user = "user root; " if os.geteuid() == 0 else ""  # who may read the test's folder
    with open(at / "errors", "wb") as errors:
        process = subprocess.Popen(
            ["sh", str(folder.template("token-map.sh"))]
            + [str(at / "token"), str(at / "tokens.map"), program("nginx")]
            + ["-c", str(at / "nginx.conf"), "-g", f"{user}daemon off;"],
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        _wait_for(port, process, at / "errors")
        yield Proxy(port=port, certificate=(at / "certificate").read_bytes())
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen, errors: Path) -> None:
    end = time.monotonic() + 20
    while True:
        assert process.poll() is None, errors.read_text(encoding="utf-8")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        assert time.monotonic() < end
        time.sleep(0.02)
