"""SavedModels loaded and run by a process that knows nothing of this project."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.storage import scratch_folder
from zoo.serving.gate import array_file

_SCRIPT = Path(__file__).with_name("loading_process.py")
_SHOWN_CHARACTERS = 2000  # of what a process that died has said
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "2"}
_ON_CPU = {"CUDA_VISIBLE_DEVICES": "-1"}  # where numbers are the same everywhere
_ON_GPU = {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}  # which this process uses too


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """What one signature is asked.

    Args:
        signature: its name.
        inputs: by name, B first; strings as `bytes` in arrays of objects.
    """

    signature: str
    inputs: Mapping[str, np.ndarray]


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What it gave: outputs by name, or TensorFlow's error."""

    outputs: Mapping[str, np.ndarray]
    error: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Loaded:
    """A SavedModel in a session of its own.

    Args:
        tensorflow: the version that loaded it.
        error: TensorFlow's, if it can't be loaded; there are no answers then.
        answers: to the requests, in their order.
    """

    tensorflow: str
    error: str
    answers: tuple[Answer, ...]


def load(
    directory: Path,
    requests: Sequence[Request],
    *,
    python: str | None = None,
    on_gpu: bool = False,
) -> Loaded:
    """Loads a SavedModel in a fresh process and asks its signatures.

    The process has a version-1 session with XLA off, as TensorFlow Serving has.

    Args:
        python: the interpreter's path; none = this one.
        on_gpu: whether it sees the machine's GPUs.

    Raises:
        DataError: an interpreter that can't be run or has no TensorFlow with the
            switch, or a process that dies.
    """
    python = python or sys.executable
    with scratch_folder.held("gate-") as folder:
        runs = []
        for place, request in enumerate(requests):
            inputs = f"inputs-{place}.npz"
            array_file.write(folder / inputs, request.inputs)
            runs.append({"signature": request.signature, "inputs": inputs})
        asked = {"directory": str(directory.resolve()), "runs": runs}
        (folder / "request.json").write_text(json.dumps(asked), encoding="utf-8")
        died = _run(python, folder, _ON_GPU if on_gpu else _ON_CPU)
        answers = _answers(folder)
        if died:
            raise DataError(_of_death(died, directory, python, answers, requests))
        return _loaded(folder, answers)


def _run(python: str, folder: Path, devices: Mapping[str, str]) -> str:
    """Why the process did not end well; "" if it did."""
    unset = ("TF_XLA_FLAGS", "XLA_FLAGS")
    environment = {k: v for k, v in os.environ.items() if k not in unset}
    try:
        done = subprocess.run(
            [python, "-I", str(_SCRIPT), str(folder)],
            cwd=folder,
            env=environment | _QUIET | devices,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        return f"it can't be run: {error}"
    if done.returncode == 0:
        return ""
    said = done.stderr.strip()[-_SHOWN_CHARACTERS:]
    return f"it ended with code {done.returncode} and said:\n{said}"


def _answers(folder: Path) -> list[dict]:
    path = folder / "answers.jsonl"
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _of_death(
    died: str,
    directory: Path,
    python: str,
    answers: Sequence[dict],
    requests: Sequence[Request],
) -> str:
    if not answers:
        doing = "did not begin. It wants TensorFlow 2.16 to 2.21, whole, in that Python"
    elif len(answers) == 1:
        doing = "died while it loaded the model"
    else:
        request = requests[min(len(answers) - 2, len(requests) - 1)]
        doing = f"died at a request to the signature {request.signature}"
    return f"the process of {python} that loads {directory} {doing}; {died}"


def _loaded(folder: Path, answers: Sequence[dict]) -> Loaded:
    version, model, *runs = answers
    return Loaded(
        tensorflow=version["tensorflow"],
        error=model["error"],
        answers=tuple(
            Answer(
                outputs={}
                if run["error"]
                else array_file.read(folder / run["outputs"]),
                error=run["error"],
            )
            for run in runs
        ),
    )
