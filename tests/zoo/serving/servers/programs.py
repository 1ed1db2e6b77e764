"""Programs in the place of tensorflow_model_server and docker; they note the call."""

import json
import sys

_NOTE = """\
#!{python}
import json, os, signal, sys, time
if sys.argv[1:2] == ["info"]:
    {info}
ended = {ended}
signal.signal(signal.SIGTERM, lambda *_: ended())
with open({note!r} + ".part", "w") as file:
    json.dump({{"argv": sys.argv[1:], "growth": os.environ.get(
        "TF_FORCE_GPU_ALLOW_GROWTH")}}, file)
os.rename({note!r} + ".part", {note!r})
{then}
"""
DIES = (
    "lambda: (signal.signal(signal.SIGTERM, signal.SIG_DFL), os.kill(os.getpid(), 15))"
)


def put(path, note, *, info="sys.exit(1)", then="sys.exit(0)", ended=DIES):
    """Writes an executable script.

    Args:
        note: the file that it writes its arguments into.
        info: what it does when it is called as `docker info`.
        then: what it does once it has noted them.
        ended: what it does on SIGTERM.
    """
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        _NOTE.format(
            python=sys.executable, note=str(note), info=info, then=then, ended=ended
        ),
        encoding="utf-8",
    )
    path.chmod(0o755)


def noted(note):
    """What the program noted."""
    return json.loads(note.read_text(encoding="utf-8"))
