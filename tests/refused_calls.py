"""Calls commands that are to be refused, in one process, and says what was loaded.

    python -m tests.refused_calls < calls.json

`calls.json` is a list of `[module of the command, arguments]`; what comes out is a
list of `{"code", "message", "loaded", "quicker"}`: exit code, what was printed, which
packages that take seconds were loaded by then, and which that take less.
"""

import contextlib
import importlib
import io
import json
import sys

from pipelines import command

HEAVY = ("tensorflow", "keras", "matplotlib", "sklearn", "pydicom", "SimpleITK")
QUICKER = ("numpy", "scipy", "nibabel", "h5py", "grpc", "aiohttp")


def outcome(module, arguments):
    """What a call ends with."""
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed):
        try:
            code = command.run(importlib.import_module(module).main, arguments)
        except SystemExit as ended:  # of --help, or of what the parser refuses
            code = ended.code
    loaded, quicker = (
        [name for name in names if name in sys.modules] for names in (HEAVY, QUICKER)
    )
    return {
        "code": code,
        "message": printed.getvalue(),
        "loaded": loaded,
        "quicker": quicker,
    }


if __name__ == "__main__":
    json.dump([outcome(*call) for call in json.load(sys.stdin)], sys.stdout)
