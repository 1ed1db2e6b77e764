"""Processes that run work, and what is said where none can be started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.storage import executors
from pipelines.storage.executors import InProcess, Processes, process_pool

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import os
from pipelines.errors import UsageError
from pipelines.storage.executors import process_pool
try:
    with process_pool(2) as pool:
        print(pool.submit(os.getpid).result() != os.getpid())
except UsageError as error:
    print(error)
"""
GUARDED_PROGRAM = """
import os
from pipelines.storage.executors import process_pool
if __name__ == "__main__":
    with process_pool(2) as pool:
        print(pool.submit(os.getpid).result() != os.getpid())
"""


INTERRUPTED_PROGRAM = """
import sys, time
from pipelines.storage.executors import process_pool, start_server
if __name__ == "__main__":
    try:
        if sys.argv[1] == "loading":
            start_server()
            print("ready", flush=True)
            time.sleep(600)
        with process_pool(2) as pool:
            pool.submit(time.sleep, 600)
            pool.submit(time.time).result()  # one worker sleeps, one waits
            print("ready", flush=True)
            time.sleep(600)
    except KeyboardInterrupt:
        print("interrupted")
"""


def python(*arguments, folder, **options):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        **options,
    )


def test_in_the_program_itself():
    executor = InProcess()
    assert executor.submit(os.getpid).result() == os.getpid()
    assert isinstance(executor.submit(int, "x").exception(), ValueError)


def test_in_another_process():
    with process_pool(1) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()
    assert "PYTHONSAFEPATH" not in os.environ


@pytest.mark.parametrize("name", ["dl.py", "pydicom.py", "multiprocessing.py"])
def test_the_server_does_not_look_in_the_working_directory(tmp_path, name):
    (tmp_path / name).write_text("print('not this one')", encoding="utf-8")
    (tmp_path / "program").mkdir()
    program = tmp_path / "program" / "main.py"
    program.write_text(GUARDED_PROGRAM, encoding="utf-8")
    done = python(str(program), folder=tmp_path)
    assert (done.stdout, done.returncode) == ("True\n", 0)


@pytest.mark.parametrize("when", ["loading", "working"])
def test_ctrl_c_is_told_by_the_program_alone_and_at_once(tmp_path, when):
    program = tmp_path / "main.py"
    program.write_text(INTERRUPTED_PROGRAM, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(program), when],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        shown = process.communicate(timeout=300)
    assert shown == ("interrupted\n", "")


def test_workers_end_with_a_program_that_is_killed(tmp_path):
    program = tmp_path / "main.py"
    program.write_text(INTERRUPTED_PROGRAM, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(program), "working"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.kill()
        process.communicate(timeout=120)  # until the last of them has closed it


def test_a_program_from_standard_input_has_its_own_error(tmp_path):
    done = python("-", folder=tmp_path, input=PROGRAM)
    assert "<stdin> is no file. Write the call into a file" in done.stdout
    assert done.stderr == ""


def test_a_program_that_starts_workers_when_it_is_loaded(tmp_path):
    (tmp_path / "main.py").write_text(PROGRAM, encoding="utf-8")
    done = python("main.py", folder=tmp_path)
    assert "worker processes can't be started" in done.stdout
    assert "below `if __name__ == '__main__':`" in done.stdout


def test_steps_share_the_processes():
    with Processes(1) as processes:
        first = processes.pool().submit(os.getpid).result()
        assert processes.pool().submit(os.getpid).result() == first
        processes.dismiss()
        assert processes.pool().submit(os.getpid).result() != first


def test_processes_that_nobody_asks_for_do_not_start(monkeypatch):
    monkeypatch.setattr(executors, "process_pool", None)
    with Processes(2) as processes:
        processes.dismiss()
