"""The list of operations is that of the pinned server's TensorFlow.

Where the version rises, what this test finds is what the file has to hold.
"""

import subprocess

from tests.zoo.serving.gate.interpreters import SERVER_PYTHON, with_server_python
from zoo.serving.gate import node_rules
from zoo.serving.model_root import folder

CODE = """
import tensorflow as tf
from tensorflow.core.framework import op_def_pb2
from tensorflow.python.client import pywrap_tf_session
buffer = pywrap_tf_session.TF_GetBuffer(pywrap_tf_session.TF_GetAllOpList())
print("version", tf.__version__)
print(*sorted(op.name for op in op_def_pb2.OpList.FromString(buffer).op), sep="\\n")
"""


@with_server_python
def test_the_list_is_what_the_servers_tensorflow_registers():
    printed = subprocess.check_output(
        [SERVER_PYTHON, "-I", "-c", CODE], encoding="utf-8", stderr=subprocess.DEVNULL
    )
    version, *names = printed.splitlines()
    minor = ".".join(folder.server_version().split(".")[:2])
    assert version.startswith(f"version {minor}.")
    assert names == node_rules.OPERATIONS.read_text(encoding="utf-8").splitlines()


def test_what_networks_are_made_of_is_among_them():
    known = node_rules.server_operations()
    assert known >= {"Conv3D", "MaxPool3D", "StatefulPartitionedCall", "ParseTensor"}
