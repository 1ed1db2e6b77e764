"""The switch, in processes of their own: it can't be switched back."""

import subprocess
from pathlib import Path

import pytest

from tests.zoo.serving.gate.interpreters import INTERPRETERS
from zoo.serving.gate import xla_off

ROOT = Path(__file__).parents[4]
# `jitsig` is compiled by XLA, as the true server will not.
CODE = """
import runpy, sys
import tensorflow as tf
tf.get_logger().setLevel("ERROR")

def ask():
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        graph = tf.compat.v1.saved_model.load(
            session, ["serve"], "tests/fixtures/tfserving/models/multi/2"
        )
        signature = graph.signature_def["jitsig"]
        try:
            outputs = session.run(
                signature.outputs["y"].name, {signature.inputs["x"].name: [1.0, 2.0]}
            )
            print("answered", outputs.tolist())
        except tf.errors.OpError as error:
            print("refused", repr(error.message))

ask()
runpy.run_path("zoo/serving/gate/xla_off.py")["disable_xla"]()
ask()
print(*sorted({name.split(".")[0] for name in sys.modules} & {"zoo", "pipelines"}))
"""


def process_says(python):
    """What `jitsig` gives before and after the switch; our packages in the process."""
    shown = subprocess.run(
        [python, "-I", "-c", CODE],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    return shown.stdout.splitlines()


@pytest.mark.parametrize("python", INTERPRETERS)
def test_what_xla_must_compile_fails(python):
    before, after, imported = process_says(python)
    assert before.startswith("answered")  # so it is the switch that does it
    assert after.startswith("refused")
    assert "XLA compilation disabled" in after
    assert imported == ""


def test_a_library_that_is_not_there(tmp_path):
    with pytest.raises(RuntimeError, match="library is not where its package is"):
        xla_off.disable_xla(tmp_path)


def test_a_library_without_the_switch(tmp_path, monkeypatch):
    monkeypatch.setattr(xla_off, "SYMBOL", "_ZN10tensorflow7NothingEv")
    with pytest.raises(RuntimeError, match="has no _ZN10tensorflow7NothingEv"):
        xla_off.disable_xla()
