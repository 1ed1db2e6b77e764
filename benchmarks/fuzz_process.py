"""The embedded endpoint as a process of its own, and what it uses."""

import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

_ROOT = Path(__file__).resolve().parents[1]
_CONFIG = """model_config_list {{
  config {{
    name: "half_plus_two" base_path: "{models}/half_plus_two"
    model_platform: "tensorflow"
  }}
  config {{
    name: "half_plus_two_tf2" base_path: "{models}/half_plus_two_tf2"
    model_platform: "tensorflow"
  }}
  config {{
    name: "multi" base_path: "{models}/multi" model_platform: "tensorflow"
    model_version_policy {{ specific {{ versions: 1 versions: 2 }} }}
    version_labels {{ key: "stable" value: 1 }}
  }}
}}
"""
_PORTS = {"grpc": re.compile(r"gRPC ModelServer at .*:(\d+)")}
_PORTS["rest"] = re.compile(r"HTTP/REST API at .*:(\d+)")
_START_S = 120.0
_STOP_S = 60.0


class ServerProcess:
    """Runs between `__enter__` and `__exit__`.

    Args:
        folder: for its configuration and what it prints.
        recorded: `tests/fixtures/tfserving`, whose models it serves.
        max_bytes: of a request.
    """

    def __init__(self, folder: Path, recorded: Path, *, max_bytes: int):
        self._log = folder / "server.log"
        self._config = folder / "models.config"
        self._config.write_text(
            _CONFIG.format(models=recorded / "models"), encoding="utf-8"
        )
        self._max_bytes = max_bytes
        self.grpc_port = self.rest_port = 0

    def __enter__(self):
        command = [sys.executable, "-m", "zoo.serving.endpoint.main"]
        command += ["--port=0", "--rest_api_port=0"]
        command += [f"--model_config_file={self._config}"]
        command += [f"--max_request_bytes={self._max_bytes}"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=_ROOT, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self.grpc_port, self.rest_port = self._port("grpc"), self._port("rest")
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def _port(self, protocol: str) -> int:
        latest = time.monotonic() + _START_S
        while time.monotonic() < latest and self.returncode() is None:
            match = _PORTS[protocol].search(
                self._log.read_text(errors="replace", encoding="utf-8")
            )
            if match:
                return int(match[1])
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start. It printed: {self.log_tail()}")

    def returncode(self) -> int | None:
        """What the process ended with; none while it runs."""
        return self._process.poll()

    def usage(self) -> dict[str, int]:
        """Memory (now, highest), threads and open files; 0 of a dead process."""
        process = Path(f"/proc/{self._process.pid}")
        try:
            status = (process / "status").read_text(encoding="utf-8")
            files = len([*(process / "fd").iterdir()])
        except OSError:
            status, files = "", 0
        figures = {
            name: int(value) for name, value in re.findall(r"(\w+):\s+(\d+)", status)
        }
        return {
            "rss_mib": figures.get("VmRSS", 0) // 1024,
            "highest_rss_mib": figures.get("VmHWM", 0) // 1024,
            "threads": figures.get("Threads", 0),
            "files": files,
        }

    def log_tail(self) -> str:
        """The last that the process printed."""
        return self._log.read_text(errors="replace", encoding="utf-8")[-4000:]
