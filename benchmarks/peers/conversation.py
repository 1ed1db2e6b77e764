"""The other end of `peers.worker`: starts a network's process and asks it."""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from peers.worker import Order
from pipelines.errors import DataError

BENCHMARKS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A network in the environment it runs in.

    Args:
        label: in the table.
        interpreter: Python of that environment.
        module: holds the network there.
        network: its name there.
        remark: on what was matched.
    """

    label: str
    interpreter: str
    module: str
    network: str
    remark: str = ""


def environment(threads: int) -> dict[str, str]:
    """Of every process alike: CPU alone, as many threads for each library."""
    return {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "OMP_NUM_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }


@dataclass(frozen=True, kw_only=True)
class Talk:
    """One process that holds one network, and what it wrote to standard error."""

    contender: Contender
    process: subprocess.Popen
    complaints: IO[str]

    def traits(self) -> dict:
        """Waits until the network is built."""
        return self._answer()

    def ask(self, question: str) -> Any:
        """The answer to `train`, `infer` or `memory`.

        Raises:
            DataError: the process ended; the message has its last words.
        """
        with contextlib.suppress(BrokenPipeError):  # reading tells more
            print(question, file=self.process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        code = self.process.wait()
        self.complaints.seek(0)
        last = "".join(self.complaints.readlines()[-8:])
        raise DataError(
            f"{self.contender.label} ended with exit code {code} in "
            f"{self.contender.interpreter}. Its last words:\n{last}"
        )


@contextlib.contextmanager
def conversation(contender: Contender, order: Order) -> Iterator[Talk]:
    """Starts the process, and ends it however the block is left."""
    command = [contender.interpreter, "-m", contender.module, json.dumps(asdict(order))]
    with (
        tempfile.TemporaryFile("w+", errors="replace") as complaints,
        subprocess.Popen(
            command,
            cwd=BENCHMARKS,
            env=environment(order.threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        try:
            yield Talk(contender=contender, process=process, complaints=complaints)
        finally:
            process.kill()
