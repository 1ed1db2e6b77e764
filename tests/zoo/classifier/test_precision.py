import keras
import pytest

from pipelines.errors import UsageError
from zoo.classifier import precision
from zoo.recipes.optimisation import Optimisation


@pytest.mark.parametrize(
    ("gpus", "wanted"),
    [
        ([], "float32"),
        ([(9, 0), (8, 0)], "mixed_bfloat16"),
        ([(9, 0), (7, 5)], "mixed_float16"),
        ([(6, 1)], "float32"),
        ([(0, 0)], "float32"),
    ],
)
def test_auto_is_what_all_devices_are_fastest_in(gpus, wanted):
    assert precision.resolved("auto", gpus) == wanted


def test_what_is_named_is_taken():
    assert precision.resolved("mixed_float16", [(8, 0)]) == "mixed_float16"
    assert precision.resolved("mixed_bfloat16", []) == "mixed_bfloat16"


def test_what_a_cpu_cannot_do_is_an_error():
    cure = "Take mixed_bfloat16, float32 or auto"
    with pytest.raises(UsageError, match=f"mixed_float16 wants a GPU.*{cure}"):
        precision.resolved("mixed_float16", [])


def test_xla_wants_a_gpu():
    precision.check_xla(Optimisation(), [])
    precision.check_xla(Optimisation(xla=True), [(8, 0)])
    with pytest.raises(UsageError, match="xla wants a GPU.*Received: no GPU"):
        precision.check_xla(Optimisation(xla=True), [])


def test_the_precision_lasts_as_long_as_layers_are_built():
    before = keras.config.dtype_policy()
    with pytest.raises(KeyError), precision.computing_in("mixed_bfloat16"):
        layer = keras.layers.Dense(2)
        raise KeyError
    assert layer.compute_dtype == "bfloat16"
    assert keras.config.dtype_policy() == before
