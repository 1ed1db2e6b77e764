import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zoo.training import fold_process

ROOT = Path(__file__).parents[3]
CHILD = """
import os, sys, time
from zoo.training import fold_process
if sys.argv[2] == "by pipe":
    fold_process._ask_the_kernel = lambda: None
fold_process.end_with_parent()
assert "ZOO_PARENT_PROCESS" not in os.environ
with open(sys.argv[1] + ".part", "w") as file:
    file.write(str(os.getpid()))
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(60)
"""
PARENT = """
import sys
from zoo.training import fold_process
fold_process.run([sys.executable, "-c", sys.argv[1], *sys.argv[2:]])
"""


def waited(condition, seconds=30):
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def is_alive(number):
    """A process that ended and that nobody asked about yet is a zombie."""
    try:
        state = (
            Path(f"/proc/{number}/stat")
            .read_text(encoding="utf-8")
            .rpartition(")")[2]
            .split()[0]
        )
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("way", ["by kernel", "by pipe"])
def test_a_child_ends_soon_after_its_parent_was_killed(way, tmp_path):
    note = tmp_path / "child"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD, str(note), way], cwd=ROOT
    )
    try:
        assert waited(note.exists)
        child = int(note.read_text(encoding="utf-8"))
        assert is_alive(child)
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    assert waited(lambda: not is_alive(child), seconds=10)


def test_signals_that_the_parent_gets_too_pass_by():
    code = (
        "import os, signal\n"
        "from zoo.training import fold_process\n"
        "fold_process.leave_signals_to_parent()\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
        "print('there')\n"
    )
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT) == b"there\n"


def test_a_child_whose_parent_ended_before_it_asked_ends_at_once():
    code = (
        "from zoo.training import fold_process\n"
        "fold_process.end_with_parent()\n"
        "import time; time.sleep(60)\n"
    )
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"ZOO_PARENT_PROCESS": str(gone.pid)},
        stdin=subprocess.PIPE,  # and it stays open
    ) as child:
        assert child.wait(timeout=30) == 1


def test_a_command_of_its_own_has_no_parent_to_end_with(monkeypatch):
    monkeypatch.delenv("ZOO_PARENT_PROCESS", raising=False)
    assert not fold_process.end_with_parent()


def test_a_command_that_was_started_knows_it():
    code = (
        "import sys\n"
        "from zoo.training import fold_process\n"
        "sys.exit(7 if fold_process.end_with_parent() else 0)\n"
    )
    assert fold_process.run([sys.executable, "-c", code]) == 7


def test_the_exit_code_of_the_child():
    command = [sys.executable, "-c", "import sys; print('unseen'); sys.exit(7)"]
    assert fold_process.run(command) == 7
