import errno
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipelines.storage import lock
from pipelines.storage.lock import LockedError

ROOT = Path(__file__).resolve().parents[3]
HOLDS = """
import sys, time
from pipelines.storage import lock
with lock.hold(sys.argv[1], subject="it"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".thing.lock"


@pytest.fixture
def holder(path):
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def refused(path):
    with pytest.raises(LockedError) as raised, lock.hold(path, subject="the thing"):
        pass
    return str(raised.value)


def test_a_lock_leaves_no_file(path):
    with lock.hold(path, subject="it"):
        assert path.exists()
    assert not path.exists()


def test_another_process_is_refused_and_told_who_holds_it(path, holder):
    assert f"the thing is in use by process {holder.pid} on " in refused(path)


def test_a_killed_process_holds_nobody_back(path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert path.exists()
    with lock.hold(path, subject="it"):
        pass


def test_who_waits_comes_next(path):
    order = []

    def wait():
        with lock.hold(path, subject="it", wait_seconds=math.inf):
            order.append("second")

    with lock.hold(path, subject="it"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.1)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_waiting_has_an_end(path, holder):
    begun = time.monotonic()
    with (
        pytest.raises(LockedError, match="it is in use by process"),
        lock.hold(path, subject="it", wait_seconds=0.2),
    ):
        pass
    assert 0.2 <= time.monotonic() - begun < 10


def test_the_lock_is_let_go_when_the_block_raises(path):
    with pytest.raises(KeyboardInterrupt), lock.hold(path, subject="it"):
        raise KeyboardInterrupt
    with lock.hold(path, subject="it"):
        pass


def test_a_file_that_its_holder_removed_is_not_the_lock(path, monkeypatch):
    flock = lock.fcntl.flock
    removed = []

    def ended_meanwhile(descriptor, operation):
        if not removed:
            removed.append(path.unlink())
        flock(descriptor, operation)

    monkeypatch.setattr(lock.fcntl, "flock", ended_meanwhile)
    with lock.hold(path, subject="it", wait_seconds=1):
        assert path.exists()


def test_a_lock_of_another_that_took_the_place_stays(path):
    with lock.hold(path, subject="it"):
        path.unlink()
        path.write_text("another's", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "another's"


def test_a_holder_that_did_not_sign(path):
    with lock.hold(path, subject="it"):
        path.write_text("4711\n", encoding="utf-8")
        assert "in use by another process" in refused(path)


def test_a_file_system_without_locks(path, monkeypatch):
    def none(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", none)
    with lock.hold(path, subject="it"):
        pass


def test_a_lock_that_can_not_be_taken_is_an_error(path, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(lock.fcntl, "flock", broken)
    with pytest.raises(OSError, match="Input/output"), lock.hold(path, subject="it"):
        pass


def test_a_place_where_there_can_be_no_lock(tmp_path):
    place = tmp_path / "nowhere" / "lock"
    with pytest.raises(FileNotFoundError), lock.hold(place, subject="it"):
        pass


def test_this_file_system_knows_locks(tmp_path):
    assert lock.is_known_in(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_is_known(tmp_path, monkeypatch):
    def refuses(*of):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", refuses)
    assert not lock.is_known_in(tmp_path)
    assert list(tmp_path.iterdir()) == []
