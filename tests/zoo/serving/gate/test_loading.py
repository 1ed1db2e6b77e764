"""SavedModels in fresh processes: of this Python, and of the server's TensorFlow."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from pipelines.errors import DataError
from tests.zoo.serving.gate import in_process, models
from tests.zoo.serving.gate.interpreters import INTERPRETERS
from zoo.serving.gate import loading
from zoo.serving.gate.loading import Request

MULTI = Path(__file__).parents[3] / "fixtures" / "tfserving" / "models" / "multi" / "2"


@pytest.mark.parametrize("python", INTERPRETERS)
def test_numbers_texts_and_errors_come_back(python):
    text = np.array([np.arange(512, dtype=np.float32).tobytes(), bytes(2048)], object)
    loaded = loading.load(
        MULTI,
        [
            Request(signature="nan", inputs={"x": np.array([1, np.e], np.float32)}),
            Request(signature="jitsig", inputs={"x": np.ones(2, np.float32)}),
            Request(signature="nan", inputs={"x": np.ones((2, 2), np.float32)}),
            Request(signature="serve_bytes", inputs={"volume_bytes": text}),
        ],
        python=python,
    )
    assert loaded.error == ""
    logarithm, compiled, misshapen, echoed = loaded.answers
    np.testing.assert_allclose(logarithm.outputs["y"], [0, 1], atol=1e-6)
    assert "XLA compilation disabled" in compiled.error
    assert compiled.outputs == {}
    assert "Cannot feed value of shape (2, 2)" in misshapen.error
    assert echoed.outputs["echo_bytes"].tolist() == text.tolist()
    if python == sys.executable:
        assert loaded.tensorflow == tf.__version__


def test_a_model_that_cannot_be_loaded(tmp_path):
    path = models.doubled(tmp_path)
    for file in (path / "variables").iterdir():
        file.unlink()
    with in_process.gate():
        loaded = loading.load(path, [])
    assert "variables" in loaded.error
    assert loaded.answers == ()


def test_a_python_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="did not begin.*it can't be run"):
        loading.load(tmp_path, [], python=str(tmp_path / "python"))


def test_a_python_without_tensorflow(tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    with pytest.raises(
        DataError, match="(?s)wants TensorFlow.*ended with code 1.*No module"
    ):
        loading.load(tmp_path, [], python=str(python))


def test_a_process_that_dies(tmp_path):
    python = tmp_path / "python"
    answer = '{"tensorflow": "2.20.0"}\n{"error": ""}'
    python.write_text(
        f"#!/bin/sh\necho '{answer}' > answers.jsonl\nkill -9 $$\n", encoding="utf-8"
    )
    python.chmod(0o755)
    requests = [Request(signature="features", inputs={"x": models.rows()})]
    with pytest.raises(DataError, match="at a request to the signature features.*-9"):
        loading.load(tmp_path, requests, python=str(python))


def test_a_process_that_dies_while_it_loads(tmp_path):
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\necho \'{"tensorflow": "2.20.0"}\' > answers.jsonl\nexit 3\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    with pytest.raises(DataError, match="died while it loaded the model; .* code 3"):
        loading.load(tmp_path, [], python=str(python))


KILLED = """
import sys
from pathlib import Path
from zoo.serving.gate import loading
loading.load(Path("model"), [], python=sys.argv[1])
"""


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path):
    """A killed export leaves nothing for good where temporary files are."""
    place = tmp_path / "temporary"
    place.mkdir()
    left = []
    for number, does in enumerate(("kill -9 $PPID", "exit 3")):
        python = tmp_path / f"python{number}"
        python.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        python.chmod(0o755)
        subprocess.run(
            [sys.executable, "-c", KILLED, str(python)],
            env=os.environ | {"TMPDIR": str(place)},
            stderr=subprocess.DEVNULL,
        )
        left.append([path.suffix for path in sorted(place.glob("gate-*"))])
    assert left == [["", ".lock"], []]
