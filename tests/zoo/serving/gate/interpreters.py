"""The Pythons that models are loaded by: this one, and one of the pinned server."""

import os
import sys

import pytest

# The path of a Python with TensorFlow of the pinned server's minor version, and nothing
# of this project: `.ci/run` makes one.
VARIABLE = "ZOO_SERVER_PYTHON"
SERVER_PYTHON = os.environ.get(VARIABLE)

with_server_python = pytest.mark.skipif(
    not SERVER_PYTHON, reason=f"{VARIABLE} names no Python with the server's TensorFlow"
)
INTERPRETERS = [
    pytest.param(sys.executable, id="ours"),
    pytest.param(SERVER_PYTHON, id="server", marks=with_server_python),
]
