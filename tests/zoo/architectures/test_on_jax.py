"""Every builder computes on Keras' JAX backend, and the same as on TensorFlow."""

import gc
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.zoo.architectures.subject import Subject
from zoo.architectures import registry

pytestmark = pytest.mark.slow

_SCRIPT = Path(__file__).with_name("on_jax.py")
# Compiled without the optimisations that take JAX's compiler half of its time.
_QUICKLY = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"


# Larger scales of builders that are looked at in their smallest.
_SCALED = [
    *(f"efficientnet_b{scale}" for scale in range(1, 8)),
    *(f"efficientnetv2_b{scale}" for scale in range(1, 4)),
]
NAMES = [name for name in registry.ARCHITECTURES if name not in _SCALED]


@pytest.mark.parametrize("name", NAMES)
def test_same_numbers_as_on_tensorflow(name, tmp_path):
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed (the extra `parity` has it)")
    subject = Subject(registry.get(name))
    inference = subject.classifier.inference
    inference.save(tmp_path / "model.keras")
    np.save(tmp_path / "volumes.npy", subject.volumes)
    subprocess.run(
        [sys.executable, str(_SCRIPT), str(tmp_path)],
        env=os.environ | {"KERAS_BACKEND": "jax", "XLA_FLAGS": _QUICKLY},
        check=True,
    )
    here = inference(subject.volumes, training=False)
    with np.load(tmp_path / "jax.npz") as there:
        assert set(there.files) == set(here)
        for output, values in here.items():
            expected = keras.ops.convert_to_numpy(values)
            error = np.abs(there[output] - expected).max() / np.abs(expected).max()
            assert error < 1e-4, (output, error)
    gc.collect()
