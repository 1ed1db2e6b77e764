"""A user's folder that is called as a package is not loaded in its place."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import search_path
from pipelines.search_path import leave_out_working_directory

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(monkeypatch, tmp_path):
    """The search path of a program that runs in `tmp_path`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), "/packages"])
    return sys.path


def test_a_command_does_not_look_in_the_working_directory(path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["-m", "--help"])
    leave_out_working_directory()
    leave_out_working_directory()
    assert path == ["/packages"]


def test_a_project_that_is_not_installed_comes_last(path, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["-m"])
    monkeypatch.setattr(search_path, "__file__", f"{tmp_path}/pipelines/search_path.py")
    leave_out_working_directory()
    assert path == ["/packages", str(tmp_path)]


@pytest.mark.parametrize("argv", [["program.py", "-m"], ["-c"], [""], []])
def test_other_programs_look_where_they_did(path, tmp_path, monkeypatch, argv):
    monkeypatch.setattr(sys, "argv", argv)
    leave_out_working_directory()
    assert path == [str(tmp_path), "/packages"]


def test_a_command_of_a_project_that_is_not_installed(tmp_path):
    for package in ("pipelines", "zoo"):
        (tmp_path / package).symlink_to(ROOT / package)
    done = call(tmp_path, "zoo.weights", "list", PYTHONPATH="")
    assert done.returncode == 0
    assert done.stderr.startswith("next: ")


@pytest.fixture
def hostile(tmp_path):
    """A folder with the user's own modules, called as packages are."""
    for name in ("dl", "resources", "csv", "numpy", "tensorflow", "random", "cattrs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(
            f"raise SystemExit('{name}!')", encoding="utf-8"
        )
    (tmp_path / "queue.py").write_text("raise SystemExit('queue!')", encoding="utf-8")
    return tmp_path


def call(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        encoding="utf-8",  # whatever another test made of this process's locale
    )


@pytest.mark.parametrize(
    "command",
    [
        "pipelines.ingest",
        "pipelines.inspect",
        "pipelines.phantom",
        "zoo.evaluate",
        "zoo.models",
        "zoo.predict",
        "zoo.train",
        "zoo.weights",
    ],
)
def test_every_command_starts_there(hostile, command):
    done = call(hostile, command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: " in done.stdout


@pytest.mark.slow
def test_a_cohort_is_written_and_ingested_there(hostile):
    done = call(hostile, "pipelines.phantom", "cohort", "--patients", 8, "--workers", 2)
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("next: python -m pipelines.ingest ")
    done = call(
        hostile,
        *("pipelines.ingest", "--dicom", "cohort/dicom", "--task", "cohort/task.toml"),
        *("--labels", "cohort/labels.csv", "--key", "my.key", "--out", "dataset"),
        *("--workers", 2),
    )
    assert "!" not in done.stderr
    assert done.stdout.splitlines()[-1] == "dataset", done.stderr
