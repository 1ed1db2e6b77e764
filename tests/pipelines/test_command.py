"""Exit codes, messages, and the quiet start of TensorFlow."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import command
from pipelines.errors import DataError, StudyError, UsageError

STUDY = StudyError(code="x", problem="bad", cure="Mend it", private="P1")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("name a file"), 2, "error: name a file\n"),
        (DataError("no studies"), 1, "error: no studies\n"),
        (STUDY, 1, "error: bad [P1]. Mend it\n"),
        (
            OSError(errno.ENOSPC, "No space left on device", "x.tfrecord"),
            1,
            "error: No space left on device while writing x.tfrecord. "
            "Free some space\n",
        ),
        (
            OSError(errno.EDQUOT, "Disk quota exceeded"),
            1,
            "error: Disk quota exceeded. Free some space\n",
        ),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_errors_become_messages_and_codes(error, code, message, capsys):
    def main(argv):
        raise error

    assert command.run(main, []) == code
    assert capsys.readouterr().err == message


@pytest.mark.parametrize(
    ("error", "first"),
    [
        (KeyboardInterrupt(), "interrupted"),
        (command.TerminatedError(), "ended by SIGTERM"),
    ],
)
def test_who_is_interrupted_hears_how_to_go_on(error, first, capsys):
    def main(argv):
        with command.goes_on_by("zoo.train", "--out", Path("my run")):
            raise error

    assert command.run(main, []) in (130, 143)
    assert capsys.readouterr().err == (
        f"{first}\nnext: python -m zoo.train --out 'my run'\n"
    )


TERMINATED = """
import os, signal, sys, time
from pipelines import command

def main(argv):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)  # a second one passes by
        print("put in order")

command.end_on_sigterm()
command.leave(command.run(main))
"""


def test_sigterm_ends_as_an_interrupt_does():
    ran = subprocess.run(
        [sys.executable, "-c", TERMINATED], capture_output=True, encoding="utf-8"
    )
    assert (ran.returncode, ran.stdout) == (143, "put in order\n")
    assert ran.stderr == "ended by SIGTERM\n"


def test_done_is_what_main_says():
    assert command.run(lambda argv: len(argv), ["a", "b", "c"]) == 3


def test_arguments_come_from_the_command_line(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["program", "--flag"])
    seen = []
    assert command.run(lambda argv: seen.extend(argv) or 0) == 0
    assert seen == ["--flag"]


def test_bugs_are_not_hidden():
    def main(argv):
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        command.run(main, [])


def test_other_faults_of_the_system_are_not_hidden():
    def main(argv):
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output error"):
        command.run(main, [])


def run_python(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("code", [0, 1, 2])
def test_leaving_gives_the_code(code):
    done = run_python(f"from pipelines import command; command.leave({code})")
    assert done.returncode == code


def test_leaving_skips_the_tear_down_that_aborts():
    done = run_python(
        "import atexit, os, sys, types\n"
        "sys.modules['tensorflow_io'] = types.ModuleType('tensorflow_io')\n"
        "atexit.register(os.abort)\n"
        "from pipelines import command\n"
        "print('the path written last', end='')\n"
        "command.leave(1)\n"
    )
    assert (done.returncode, done.stdout) == (1, "the path written last")


@pytest.mark.parametrize(("lines", "code"), [(100_000, 141), (1, 0)])
def test_output_that_nobody_reads_ends_the_command_quietly(lines, code):
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\n"
            "from pipelines import command\n"
            "def main(argv):\n"
            "    sys.stdin.read()\n"
            f"    for number in range({lines}): print(number)\n"
            "    return 0\n"
            "command.leave(command.run(main, []))",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": ""},  # one line is held until the end
    )
    process.stdout.close()
    process.stdin.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == code


def test_a_broken_pipe_to_a_worker_is_not_hidden():
    def main(argv):
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        command.run(main, [])


def fake_tensorflow(tmp_path, body):
    (tmp_path / "tensorflow.py").write_text(body, encoding="utf-8")
    return run_python(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from pipelines import command\n"
        "command.quiet_tensorflow()\n"
        "print('afterwards', file=sys.stderr)\n"
    )


def test_start_up_noise_is_held_back_and_warnings_are_not(tmp_path):
    done = fake_tensorflow(
        tmp_path,
        "import os\n"
        "os.write(2, b'I oneDNN custom operations are on.\\n"
        "E driver and library versions differ\\n"
        "W Unable to register cuDNN factory\\n')\n"
        "class config:\n"
        "    list_physical_devices = list\n",
    )
    assert done.stderr == "E driver and library versions differ\nafterwards\n"


def test_what_is_said_while_looking_for_devices_is_held_back_too(tmp_path):
    done = fake_tensorflow(
        tmp_path,
        "import os\n"
        "class config:\n"
        "    def list_physical_devices():\n"
        "        os.write(2, b'E failed call to cuInit: INTERNAL: CUDA error: Failed "
        "call to cuInit: UNKNOWN ERROR (303)\\n"
        "E failed call to cuInit: CUDA_ERROR_UNKNOWN\\n')\n",
    )
    assert done.stderr == "E failed call to cuInit: CUDA_ERROR_UNKNOWN\nafterwards\n"


def test_what_was_said_before_a_failing_import_is_shown(tmp_path):
    done = fake_tensorflow(
        tmp_path, "import os\nos.write(2, b'E broken\\n')\nraise ImportError('no')\n"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("E broken\nTraceback")


def test_a_terminal_without_all_letters_gets_question_marks():
    code = (
        "from pipelines import command;"
        "command.leave(command.run(lambda argv: print('0.3\\u20130.5') or 0, []))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert (done.returncode, done.stdout.split()) == (0, [b"0.3?0.5"])


def test_a_command_loads_tensorflow_quietly_where_it_needs_it(tmp_path):
    (tmp_path / "tensorflow.py").write_text(
        "import os\n"
        "os.write(2, b'I oneDNN custom operations are on.\\nE a fault\\n')\n"
        "class config:\n"
        "    list_physical_devices = list\n",
        encoding="utf-8",
    )
    done = run_python(
        f"import importlib.util, sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from pipelines import command\n"
        "def main(argv):\n"
        "    print('tensorflow' in sys.modules)\n"
        "    importlib.util.find_spec('tensorflow')  # which loads nothing\n"
        "    import tensorflow\n"
        "    print(tensorflow.config.list_physical_devices(), tensorflow.__name__)\n"
        "    return 0\n"
        "command.leave(command.run(main, []))\n"
    )
    assert (done.stdout, done.stderr) == ("False\n[] tensorflow\n", "E a fault\n")


def test_the_next_command_can_be_typed_as_it_stands(capsys):
    command.say_next("zoo.train", "--data", Path("my data"), "--epochs", 3)
    shown = capsys.readouterr()
    assert shown.err == "next: python -m zoo.train --data 'my data' --epochs 3\n"
    assert shown.out == ""
