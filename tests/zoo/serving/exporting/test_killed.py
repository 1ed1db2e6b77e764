"""A SIGKILL at any step of an export leaves no half version and no reservation.

A process that is killed leaves what is on the disk, and the system lets go of its
locks (`test_version_directory.py` and the last test here kill real ones). So the root
is copied before and after each step of one export, and each copy is a root whose
export was killed there.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.zoo.prediction import networks
from tests.zoo.serving.gate import in_process
from zoo.serving.exporting import export_request, export_runs, version_directory
from zoo.serving.model_root import labels, models_config, registration, versions

STEPS = (
    (export_runs, "served_model"),
    (export_runs.held_to, "of"),
    (export_runs.folder, "fill"),
    (export_runs.model_file, "text"),
    (export_runs.saved_model, "write"),
    (export_runs.saved_model.warm_up, "write"),
    (export_runs.gated, "hold"),
    (version_directory, "to_disk"),
    (os, "replace"),
    (os, "unlink"),
    (registration, "register"),
)
NAME = "liver"


def named(module, function):
    return f"{module.__name__.rpartition('.')[2]}.{function}"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def killed(run, tmp_path_factory):
    """Roots by the step of an export that a kill came at; the last one is whole."""
    root = tmp_path_factory.mktemp("model") / "root"
    request = export_request.checked(run.path, name=NAME, to=root)
    copies = tmp_path_factory.mktemp("copies")
    roots = {}

    def keep(step):
        copy = copies / str(len(roots))
        if root.exists():
            shutil.copytree(root, copy)
            roots[f"{len(roots)} {step}"] = copy

    def watched(name, function):
        def step(*arguments, **settings):
            keep(f"before {name}")
            with contextlib.ExitStack() as after:
                after.callback(keep, f"after {name}")
                return function(*arguments, **settings)

        return step

    with in_process.gate(), pytest.MonkeyPatch.context() as patched:
        for module, name in STEPS:
            step = watched(named(module, name), getattr(module, name))
            patched.setattr(module, name, step)
        export_runs.export(request)
    keep("the end")
    return roots


def files(version):
    """By their paths in a version how large they are."""
    return {
        path.relative_to(version): path.stat().st_size
        for path in version.rglob("*")
        if path.is_file()
    }


def test_every_step_was_watched(killed):
    steps = {step.split()[-1] for step in killed}
    assert steps == {named(*step) for step in STEPS} | {"end"}


def test_a_version_is_whole_or_not_there(killed):
    whole = files([*killed.values()][-1] / NAME / "1")
    numbers = []
    for step, root in killed.items():
        there = versions.folders(root, NAME)
        numbers.append(len(there))
        for version in there.values():
            assert files(version) == whole, step
    assert numbers == sorted(numbers)  # none that was there goes
    assert {*numbers} == {0, 1}


def test_a_label_names_what_is_there(killed):
    for step, root in killed.items():
        labelled = labels.of(models_config.read(root), NAME)
        assert {*labelled.values()} <= {*versions.folders(root, NAME)}, step
    assert labelled == {"stable": 1}


def test_the_next_export_begins_and_sweeps_up(killed, tmp_path):
    for step, killed_root in killed.items():
        root = shutil.copytree(killed_root, tmp_path / step)
        number = versions.next_version(root, NAME)
        path = root / NAME / str(number)
        with version_directory.reserved(path), version_directory.new(path) as aside:
            assert [*aside.iterdir()] == [], step
            (aside / "saved_model.pb").write_text("whole", encoding="utf-8")
        labelled = labels.of(models_config.read(root), NAME)
        wanted = "canary" if labelled else "stable"
        assert registration.register(root, NAME, number) == wanted, step
        assert [*(root / NAME).glob(".*.part")] == [], step


@pytest.mark.slow
def test_a_real_kill_and_the_same_command_again(run, tmp_path):
    root = tmp_path / "root"
    command = [sys.executable, "-m", "zoo.export", run.path, "--name", NAME]
    command += ["--to", root]
    exporting = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    half = root / NAME / ".1.part" / "saved_model.pb"
    while not half.exists():
        assert exporting.poll() is None
        time.sleep(0.02)
    exporting.send_signal(signal.SIGKILL)
    assert exporting.wait() == -signal.SIGKILL
    assert versions.folders(root, NAME) == {}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert {path.name for path in (root / NAME).iterdir()} == {"1"}
    assert labels.of(models_config.read(root), NAME) == {"stable": 1}
