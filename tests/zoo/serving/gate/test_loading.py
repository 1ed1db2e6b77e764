"""The fresh process."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.serving.gate import small_models
from tests.zoo.serving.gate.interpreters import INTERPRETERS
from zoo.serving.gate import loading
from zoo.serving.gate.loading import Request

MULTI = Path(__file__).parents[3] / "fixtures" / "tfserving" / "models" / "multi" / "2"
X = np.array([1.0, 2.0], np.float32)


@pytest.mark.parametrize("python", INTERPRETERS)
def test_answers_and_errors_one_by_one(python):
    names = ("jitsig", "nan", "jitsig", "scal")
    requests = [Request(signature=name, inputs={"x": X}) for name in names]
    loaded = loading.load(MULTI, requests, python=python)
    assert loaded.error == ""
    first, nan, third, scal = loaded.answers
    assert "XLA compilation disabled" in first.error
    assert first.error == third.error
    assert (nan.error, nan.outputs["y"].shape) == ("", (2,))
    assert scal.outputs["s"].shape == ()


def test_strings_go_in_and_out_whole():
    volume = np.zeros(8**3, np.float32)  # its bytes end with zeros
    volume[0] = 1.5
    texts = np.array([volume.tobytes()], object)
    request = Request(signature="serve_bytes", inputs={"volume_bytes": texts})
    (answer,) = loading.load(MULTI, [request]).answers
    assert answer.error == ""
    assert answer.outputs["echo_bytes"].tolist() == texts.tolist()


def test_an_operation_that_it_does_not_know(tmp_path):
    directory = small_models.with_operation(tmp_path / "m", "DoubleOfNobody")
    x = np.ones((1, 2), np.float32)
    request = Request(signature="serving_default", inputs={"x": x})
    loaded = loading.load(directory, [request])
    said = loaded.error + "".join(answer.error for answer in loaded.answers)
    assert "DoubleOfNobody" in said


def test_an_interpreter_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="did not begin.*can't be run"):
        loading.load(MULTI, [], python=str(tmp_path / "python"))


def test_an_interpreter_that_dies(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no tensorflow here >&2\nexit 3\n")
    python.chmod(0o755)
    with pytest.raises(DataError, match=r"ended with code 3 and said:\n.*no tensorfl"):
        loading.load(MULTI, [], python=str(python))
