"""Which kernels TensorFlow computes with on a CPU, chosen before it is loaded.

Left to itself it takes oneDNN's on newer CPUs only (AVX-512 VNNI, AMX); without them 3D
convolutions of small maps are many times slower. Their roundings differ from run to
run, so what is to repeat itself does without. What stands in the environment rules.
"""

import os
import sys

_VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
FAST = {_VARIABLE: "1"}
REPEATABLE = {_VARIABLE: "0"}


def take_fast() -> None:
    """Has this process and those that it starts take the fast ones.

    It does nothing where TensorFlow, which asks once, is loaded.
    """
    if "tensorflow" not in sys.modules:
        for name, value in FAST.items():
            os.environ.setdefault(name, value)
