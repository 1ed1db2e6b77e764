import logging
import os
import subprocess
import sys
import warnings

import pytest

from tests.test_imports import ROOT
from zoo.watching.quiet_libraries import quiet

_PROCESS = """
import ctypes, os, sys
from zoo.watching.quiet_libraries import quiet
libc = ctypes.CDLL(None)
print("begun"); print("begun too", file=sys.stderr)
with quiet():
    for descriptor in (1, 2):
        os.write(descriptor, b"a patient's name")
    libc.puts(b"a patient's name")
    print("a line \u809d", file=sys.stderr)
    print("a row")
os.write(2, b"as before")
raise ValueError("at last")
"""


def test_what_is_written_past_python_goes_nowhere():
    done = subprocess.run(
        [sys.executable, "-c", _PROCESS],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.split("\n") == ["begun", "a row", ""]
    lines = done.stderr.split("\n")
    assert lines[:2] == ["begun too", "a line \u809d"]
    assert lines[2].startswith("as beforeTraceback")
    assert lines[-2] == "ValueError: at last"


def test_a_stream_that_stands_for_another_stays(capsys):
    with quiet():
        print("a line", file=sys.stderr)
        os.write(2, b"a patient's name")
    assert capsys.readouterr().err == "a line\n"


def test_warnings_and_logs_of_libraries_go_nowhere(capsys):
    with quiet():
        warnings.warn("a patient's name", stacklevel=1)
        for name in ("pydicom", "highdicom.sr.content"):
            logging.getLogger(name).warning("a patient's name")
    assert capsys.readouterr() == ("", "")
    assert logging.getLogger("highdicom").level == logging.NOTSET


def test_all_is_as_before_where_the_block_raises(capfd):
    streams = sys.stdout, sys.stderr
    with pytest.raises(KeyboardInterrupt), quiet():
        raise KeyboardInterrupt
    assert (sys.stdout, sys.stderr) == streams
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
