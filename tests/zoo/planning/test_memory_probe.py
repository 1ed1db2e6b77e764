import json
import subprocess

import pytest

from pipelines.errors import UsageError
from zoo.planning import memory_probe
from zoo.planning.memory_need import Need


def answers(monkeypatch, answer):
    """Processes answer by their batch."""
    monkeypatch.setattr(
        memory_probe.subprocess, "run", lambda call, **_: answer(int(call[-1]))
    )


def test_what_a_voxel_takes_is_the_difference_of_two_batches(monkeypatch):
    def answer(batch):
        told = {"bytes": 5000 + 300 * batch, "voxels": 100}
        return subprocess.CompletedProcess((), 0, stdout=f"noise\n{json.dumps(told)}\n")

    answers(monkeypatch, answer)
    measured = memory_probe.measure("cnn3d", (4, 5, 5, 1))
    assert measured == Need(fixed_bytes=5000, voxel_bytes=3.0)


def test_a_step_that_fails_says_at_what_size_and_what_helps(monkeypatch):
    answers(
        monkeypatch,
        lambda batch: subprocess.CompletedProcess((), 1, stdout="", stderr="a\nOOM\n"),
    )
    with pytest.raises(UsageError, match="step of 1 volumes of 4x5x5x1 here: OOM. C"):
        memory_probe.measure("cnn3d", (4, 5, 5, 1))


def test_a_process_that_is_killed_says_its_code(monkeypatch):
    answers(
        monkeypatch,
        lambda batch: subprocess.CompletedProcess((), -9, stdout="", stderr=""),
    )
    with pytest.raises(UsageError, match="code -9"):
        memory_probe.measure("cnn3d", (4, 5, 5, 1))


@pytest.mark.parametrize(("arch", "slices"), [("cnn3d", 8), ("resnet18", 2)])
def test_steps_are_made_of_what_training_sees(arch, slices, capsys):
    memory_probe.main([arch, "8", "16", "16", "1", "2"])
    told = json.loads(capsys.readouterr().out)
    assert told["voxels"] == slices * 16 * 16
    assert told["bytes"] > 10**7
