import os
import signal
import threading
import time

import pytest

from tests.zoo.serving.servers import programs
from zoo.serving.servers import child


@pytest.fixture
def run(tmp_path):
    """Runs a program that does something, and sends ourselves a signal meanwhile."""

    def run(*, send=None, **does):
        note = tmp_path / "note"
        note.unlink(missing_ok=True)
        programs.put(tmp_path / "program", note, **does)

        def send_once_it_runs():
            while not note.exists():
                time.sleep(0.01)
            os.kill(os.getpid(), send)

        if send is not None:
            threading.Thread(target=send_once_it_runs).start()
        return child.run([str(tmp_path / "program")], environment=dict(os.environ))

    return run


@pytest.mark.parametrize("code", [0, 1, 7])
def test_its_exit_code_is_ours(code, run):
    assert run(then=f"sys.exit({code})") == code


def test_a_signal_that_ended_it(run):
    assert run(then="os.kill(os.getpid(), signal.SIGKILL)") == 128 + signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_is_asked_to_end_as_we_are(number, run):
    before = signal.getsignal(number)
    assert run(send=number, then="time.sleep(60)") == 0
    assert signal.getsignal(number) is before


def test_what_it_ends_with_when_asked_is_told(run):
    does = {"then": "time.sleep(60)", "ended": "lambda: os._exit(3)"}
    assert run(send=signal.SIGTERM, **does) == 3


def test_a_container_that_was_asked_to_end(run):
    """Docker gives the code in place of the signal."""
    does = {"then": "time.sleep(60)", "ended": "lambda: os._exit(143)"}
    assert run(send=signal.SIGTERM, **does) == 0
    assert run(then="sys.exit(143)") == 143


def test_no_such_program(tmp_path):
    with pytest.raises(FileNotFoundError):
        child.run([str(tmp_path / "nosuch")], environment={})
