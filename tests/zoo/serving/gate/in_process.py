"""The gate's process inside this one, where the process is not what is tested.

Starting TensorFlow takes longer than all that a small model is asked. XLA is left as
it is, for who switches it off can't switch it on again.
"""

import contextlib
from types import SimpleNamespace

import pytest

from zoo.serving.gate import loading, loading_process


@contextlib.contextmanager
def gate():
    """`zoo.serving.gate.loading` runs its script here while the block runs."""
    beside = loading_process._beside

    def without_switch(name):
        if name == "xla_off":
            return SimpleNamespace(disable_xla=lambda: None)
        return beside(name)

    def run(_python, folder, _devices):
        loading_process.main(folder)
        return ""

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(loading_process, "_beside", without_switch)
        patched.setattr(loading, "_run", run)
        yield
