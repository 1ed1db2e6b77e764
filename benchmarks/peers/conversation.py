"""The other end of a worker: starts the process of a contender and asks it."""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from pipelines.errors import DataError, UsageError

BENCHMARKS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A network or an augmentation in the environment it runs in.

    Args:
        label: in the table.
        interpreter: Python of that environment.
        module: holds it there.
        network: its name there.
        remark: on what was matched.
        is_ours: whether it is no peer's.
    """

    label: str
    interpreter: str
    module: str
    network: str
    remark: str = ""
    is_ours: bool = False


def interpreters(pairs: Sequence[str], names: Collection[str]) -> dict[str, str]:
    """`["medicai=python"]` as a dict.

    Raises:
        UsageError: a peer that is not of `names`, or no interpreter there.
    """
    interpreter = dict(pair.partition("=")[::2] for pair in pairs)
    for name, python in interpreter.items():
        if name not in names or not Path(python).is_file():
            raise UsageError(
                f"--peer takes NAME=PYTHON, a peer ({', '.join(names)}) and the "
                f"interpreter of its environment. Received: {name}={python}"
            )
    return {name: str(Path(python).absolute()) for name, python in interpreter.items()}


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
    """One process that holds a contender, and what it wrote to standard error."""

    contender: Contender
    process: subprocess.Popen
    complaints: IO[str]

    def traits(self) -> dict:
        """Waits until it is built."""
        return self._answer()

    def ask(self, question: str) -> Any:
        """The answer to what the worker of the contender knows.

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
def conversation(contender: Contender, order: Any) -> Iterator[Talk]:
    """Starts the process, and ends it however the block is left.

    Args:
        order: a dataclass with `threads`, for the worker of the contender.
    """
    command = [contender.interpreter, "-m", contender.module, json.dumps(asdict(order))]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
        subprocess.Popen(
            command,
            cwd=BENCHMARKS,
            env=environment(order.threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield Talk(contender=contender, process=process, complaints=complaints)
        finally:
            process.kill()
