"""Where a run was made: versions and hardware, nothing that names a person or place."""

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import tensorflow as tf

PACKAGES = (
    "mri-volume-zoo",
    "tensorflow",
    "keras",
    "numpy",
    "tensorflow-io",
    "SimpleITK",
    "pydicom",
    "nibabel",
    "scikit-learn",
)


def describe() -> dict[str, Any]:
    """Versions of Python and packages, operating system, processor, GPUs, arithmetic.

    With the same data set, recipe, seed and these, a run on a CPU gives the same
    numbers. Sums over threads depend on their number, oneDNN and TensorFloat-32 have
    roundings of their own; on a GPU only `deterministic` operations repeat themselves.

    The host's name, the user, paths and the environment's variables stay out.
    """
    return {
        "python": platform.python_version(),
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": _processor(),
        "cpu_count": os.cpu_count(),
        "gpus": _gpus(),
        "arithmetic": _arithmetic(),
    }


def make_deterministic() -> None:
    """Has TensorFlow refuse, or replace, operations that do not repeat themselves.

    It is slower. Call it before anything is computed.
    """
    tf.config.experimental.enable_op_determinism()


def _arithmetic() -> dict[str, Any]:
    """What may change the last bits of a sum; 0 threads = one for each core."""
    return {
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
        "tensor_float_32": tf.config.experimental.tensor_float_32_execution_enabled(),
        "threads_within": tf.config.threading.get_intra_op_parallelism_threads(),
        "threads_between": tf.config.threading.get_inter_op_parallelism_threads(),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    """The model of the processor; Python itself knows it on some systems only."""
    linux = Path("/proc/cpuinfo")
    if linux.is_file():
        for line in linux.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _gpus() -> list[str]:
    details = tf.config.experimental.get_device_details
    return [
        details(device).get("device_name", "unknown")
        for device in tf.config.list_physical_devices("GPU")
    ]
