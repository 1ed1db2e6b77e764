"""The embedded endpoint as a process of its own, for the fuzz."""

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "tests" / "fixtures" / "tfserving"
MAX_BYTES = 2**20  # of a request, so that one beyond it is cheap to send
_START_S = 120
_CONFIG = """model_config_list {{
  config {{
    name: "multi"
    base_path: "{models}/multi"
    model_platform: "tensorflow"
    model_version_policy {{ specific {{ versions: 1 versions: 2 }} }}
    version_labels {{ key: "stable" value: 1 }}
  }}
  config {{
    name: "half_plus_two"
    base_path: "{models}/half_plus_two"
    model_platform: "tensorflow"
  }}
}}
"""
_PORT = re.compile(r"(gRPC|REST).*:(\d+) \.\.\.")


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server."""

    process: subprocess.Popen
    grpc_port: int
    rest_port: int

    def resident_mib(self):
        """Memory of the process now, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def is_alive(self):
        """Whether the process runs."""
        return self.process.poll() is None


@contextlib.contextmanager
def served(*, log):
    """The recorded models behind both protocols; killed at the end if need be.

    Args:
        log: file that the server's standard error goes to.
    """
    with tempfile.TemporaryDirectory() as folder, log.open("wb") as errors:
        config = Path(folder) / "models.config"
        config.write_text(_CONFIG.format(models=RECORDED / "models"))
        process = subprocess.Popen(
            [sys.executable, "-m", "zoo.serving.endpoint.main", "--port=0"]
            + ["--rest_api_port=0", f"--model_config_file={config}"]
            + [f"--max_request_bytes={MAX_BYTES}", "--rest_api_timeout_in_ms=20000"]
            + ["--file_system_poll_wait_seconds=0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield Served(process=process, **_ports(process))
        finally:
            process.kill()
            process.wait()


def _ports(process):
    """Both ports, as the server prints them."""
    ports, start = {}, time.monotonic()
    while len(ports) < 2:
        line = process.stdout.readline()
        if not line or time.monotonic() - start > _START_S:
            raise RuntimeError("the server did not start; see its log")
        if match := _PORT.search(line):
            ports[f"{match[1].lower()}_port"] = int(match[2])
    return ports


def ended(server):
    """The exit code after SIGTERM; none if the server hangs."""
    server.process.send_signal(signal.SIGTERM)
    try:
        return server.process.wait(60)
    except subprocess.TimeoutExpired:
        return None
