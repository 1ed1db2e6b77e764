"""The command as chief and as worker, with folds that are really trained."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.zoo.training import trained
from tuning.cluster import chief_file
from tuning.trials import results
from tuning.trials import sweep as sweeps

ROOT = Path(__file__).resolve().parents[3]
SPACE = '"optimisation.learning_rate" = { log = [1e-4, 1e-2] }\n'


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    counts = {("train", ""): 12, ("validation", ""): 8, ("test", ""): 4}
    return trained.data_set(tmp_path_factory.mktemp("chief") / "data", counts=counts)


@pytest.fixture
def started(tmp_path):
    """Starts the command; ends what is left of it."""
    processes = []

    def start(*line):
        process = subprocess.Popen(
            [sys.executable, "-m", "tuning.search", *map(str, line)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def port_of_its_own():
    """Below those that this machine gives to connections: none takes it meanwhile."""
    first = int(
        Path("/proc/sys/net/ipv4/ip_local_port_range")
        .read_text(encoding="utf-8")
        .split()[0]
    )
    for port in random.SystemRandom().sample(range(10_000, first), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def wait_for(condition, process):
    """Until it is true, while a process runs."""
    while not condition():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)


@pytest.mark.slow
def test_a_chief_is_killed_and_started_again(data, tmp_path, started):
    (tmp_path / "space.toml").write_text(SPACE, encoding="utf-8")
    out, port = tmp_path / "o", port_of_its_own()
    given = f"--arch cnn3d --data {data.path} --space {tmp_path / 'space.toml'} --exact"
    given += " --tuner random --max-trials 2 --epochs 1 --batch 4"
    command = (*given.split(), "--out", out, "--chief", port)
    killed = started(*command)
    asked = ("--worker", f"127.0.0.1:{port}", "--data", data.path, "--out", out)
    worker = started(*asked)
    wait_for(lambda: any(out.glob("trials/0000/*/result.json")), worker)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert chief_file.is_there(out)
    chief = started(*command)
    for process in (worker, chief):
        printed, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
        assert printed.splitlines()[-1] == str(out / "best.toml")
    trials = results.trials(sweeps.opened(out))
    assert [trial.state for trial in trials] == ["completed"] * 2
    assert not chief_file.is_there(out)
