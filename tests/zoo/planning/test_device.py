import subprocess

import pytest

from pipelines.batches import memory
from zoo.planning import device
from zoo.planning.device import Device


@pytest.fixture
def without_gpu(monkeypatch):
    monkeypatch.setattr(device.shutil, "which", lambda name: None)
    monkeypatch.setattr(memory, "budget_bytes", lambda: 2 * 2**30)  # a quarter of 8


def answered(monkeypatch, *, stdout="", error=None):
    def run(*_, **__):
        if error:
            raise error
        return subprocess.CompletedProcess((), 0, stdout=stdout)

    monkeypatch.setattr(device.shutil, "which", lambda name: name)
    monkeypatch.setattr(device.subprocess, "run", run)


def test_a_cpu_gives_a_step_half_of_the_memory(without_gpu):
    assert device.here() == Device(gpu=False, memory_bytes=4 * 2**30)
    assert str(device.here()) == "CPU, 4.0 GiB for a training step"


def test_a_gpu_gives_it_four_fifths_of_its_own(without_gpu, monkeypatch):
    answered(monkeypatch, stdout="10000\n20000\n")
    assert device.here() == Device(gpu=True, memory_bytes=8000 * 2**20)


@pytest.mark.parametrize(
    "answer",
    [
        {"stdout": ""},
        {"stdout": "no devices were found\n"},
        {"error": subprocess.TimeoutExpired("nvidia-smi", 20)},
        {"error": OSError("not to be run")},
    ],
)
def test_a_driver_that_tells_nothing_is_no_gpu(answer, without_gpu, monkeypatch):
    answered(monkeypatch, **answer)
    assert not device.here().gpu
