import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.classifier import convolution_check, cpu_instructions, filter_gradient
from zoo.classifier.convolution_check import LayerOnShape, wrong

_SCRIPT = Path(__file__).with_name("shapes_in_bfloat16.py")
_ROOT = Path(__file__).parents[3]
# Without instructions of its own a CPU adds up in bfloat16: coarser by chance than what
# is called right here, and nothing that trains takes it.
of_this_cpu = pytest.mark.skipif(
    not cpu_instructions.has_bfloat16(), reason="this CPU computes bfloat16 otherwise"
)
_MALLOC_DEBUG = Path("/lib/x86_64-linux-gnu/libc_malloc_debug.so")


def faults(kernel, stride, size):
    """Shapes with what is wrong there; the last one, if it ended the process."""
    finished = subprocess.run(
        [sys.executable, str(_SCRIPT), str(kernel), str(stride), size],
        env=os.environ | {"PYTHONPATH": str(_ROOT), "CUDA_VISIBLE_DEVICES": "-1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    lines = [json.loads(line) for line in finished.stdout.splitlines()]
    if lines[-1:] != ["done"]:
        return [("ended", finished.returncode, lines[-1:])]
    return [(case, found) for case, found in zip(lines[::2], lines[1::2]) if found]


@of_this_cpu
@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (7, 1)])
def test_convolutions_over_small_maps_are_right(kernel, stride):
    assert faults(kernel, stride, "short") == []


@of_this_cpu
@pytest.mark.slow
@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
@pytest.mark.parametrize("stride", [1, 2])
def test_convolutions_over_the_grid_of_shapes_are_right(kernel, stride):
    assert faults(kernel, stride, "full") == []


@of_this_cpu
@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": (3, 1, 1)},
        {"kernel_size": (1, 3, 3)},
        {"kernel_size": 3, "strides": (1, 2, 2)},
        {"kernel_size": 3, "dilation_rate": 2},
        {"kernel_size": 3, "groups": 4},
    ],
    ids=str,
)
def test_every_kind_of_convolution_is_right(settings):
    layer = keras.layers.Conv3D(8, padding="same", dtype="mixed_bfloat16", **settings)
    assert wrong(LayerOnShape(layer=layer, shape=(2, 5, 5, 8)), batch=2) == {}


@of_this_cpu
def test_the_check_sees_a_gradient_that_is_wrong(monkeypatch):
    monkeypatch.setattr(filter_gradient, "mend", double_the_filter_gradient)
    layer = keras.layers.Conv3D(
        16, 3, padding="same", use_bias=False, dtype="mixed_bfloat16"
    )
    found = wrong(LayerOnShape(layer=layer, shape=(2, 7, 9, 8)), batch=2)
    assert found == {"gradient of kernel": pytest.approx(1, abs=0.02)}


def double_the_filter_gradient(layer):
    """In bfloat16; TensorFlow's own is wrong on some CPUs and right on others."""
    if layer.compute_dtype != "bfloat16":
        return
    plain = layer.convolution_op

    def convolved(inputs, kernel):
        kernel = keras.ops.convert_to_tensor(kernel)
        return plain(inputs, kernel + (kernel - keras.ops.stop_gradient(kernel)))

    layer.convolution_op = convolved


@of_this_cpu
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_steps_over_a_single_voxel_are_right(padding):
    with_steps = {"strides": 2, "padding": padding, "dtype": "mixed_bfloat16"}
    for _ in range(12):  # TensorFlow's own is NaN once in some twenty calls
        layer = keras.layers.Conv3D(8, 1, **with_steps)
        assert wrong(LayerOnShape(layer=layer, shape=(1, 1, 1, 1)), batch=2) == {}


def of_stem(x, *, mended, strides=2):
    """Outputs and gradients of a convolution of 7x7x7 in float32."""
    keras.utils.set_random_seed(0)
    layer = keras.layers.Conv3D(4, 7, strides=strides, padding="same", dtype="float32")
    layer.build(x.shape)
    if mended:
        filter_gradient.mend(layer)
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x)
        total = tf.reduce_sum(outputs**2)
    return outputs, *tape.gradient(total, [x, *layer.trainable_weights])


def test_stems_in_float32_are_mended_over_few_slices():
    # Six slices, where TensorFlow's own keeps to its memory and can be compared with.
    x = tf.random.stateless_normal((2, 6, 9, 9, 1), (0, 0))
    ours, theirs = of_stem(x, mended=True), of_stem(x, mended=False)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(("depth", "strides"), [(16, 2), (5, 1)])
def test_other_layers_in_float32_stay_as_they_are(depth, strides):
    x = tf.random.stateless_normal((2, depth, 9, 9, 1), (0, 0))
    ours, theirs = (of_stem(x, mended=m, strides=strides) for m in (True, False))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.slow
@pytest.mark.skipif(not _MALLOC_DEBUG.exists(), reason="no debugging malloc of glibc")
def test_a_stem_over_five_slices_keeps_to_its_memory():
    script = (
        "import tensorflow as tf\n"
        "from tests.zoo.classifier.test_filter_gradient import of_stem\n"
        "x = tf.random.normal((2, 5, 16, 16, 1))\n"
        "for _ in range(3): of_stem(x, mended=True)\n"
    )
    watched = {"LD_PRELOAD": str(_MALLOC_DEBUG), "MALLOC_CHECK_": "3"}
    finished = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | watched | {"PYTHONPATH": str(_ROOT)},
        stderr=subprocess.DEVNULL,
    )
    assert finished.returncode == 0


def test_a_mended_network_is_saved_as_any_other(tmp_path):
    inputs = keras.Input((2, 8, 8, 3))
    layer = keras.layers.Conv3D(4, 3, padding="same", dtype="mixed_bfloat16")
    model = keras.Model(inputs, layer(inputs))
    volumes = np.random.default_rng(0).normal(size=(2, 2, 8, 8, 3))
    before = model.predict(volumes, verbose=0)
    filter_gradient.mend(model)
    np.testing.assert_array_equal(model.predict(volumes, verbose=0), before)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(volumes, verbose=0), before)


def test_what_is_alike_is_checked_once():
    inputs = keras.Input((4, 8, 8, 4))
    with_policy = {"padding": "same", "dtype": "mixed_bfloat16"}
    x = inputs
    for number in range(3):
        x = keras.layers.Conv3D(4, 3, name=f"layer_{number}", **with_policy)(x)
    x = keras.layers.Conv3D(4, 3, dtype="float32")(x)
    (only,) = convolution_check.convolutions(keras.Model(inputs, x))
    assert only.layer.name == "layer_0" and only.shape == (4, 8, 8, 4)


def test_a_convolution_that_is_no_layer_is_named():
    inputs = keras.Input((4, 8, 8, 4), dtype="bfloat16")
    kernel = np.ones((3, 3, 3, 4, 4), "float32")
    x = keras.ops.conv(inputs, keras.ops.cast(kernel, "bfloat16"), padding="same")
    model = keras.Model(inputs, x)
    (name,) = convolution_check.unknown(model)
    assert name.startswith("conv")


# Kernel, stride, padding and sizes with one output along an axis, several along others.
SINGLE = [
    (3, 2, "valid", (5, 7, 4)),
    (3, 2, "valid", (16, 3)),
    (3, 3, "same", (8, 16, 3)),
    (5, 2, "same", (5, 16, 1)),
    (5, 3, "valid", (8, 16, 6)),
    (3, 2, "same", (2, 7, 9)),
    (1, 2, "same", (8, 16, 2)),
    (1, 3, "valid", (16, 3)),
]


def of_single(kernel, stride, padding, sizes, dtype="mixed_bfloat16"):
    kind = keras.layers.Conv3D if len(sizes) == 3 else keras.layers.Conv2D
    return kind(16, kernel, strides=stride, padding=padding, dtype=dtype)


@of_this_cpu
@pytest.mark.parametrize("case", SINGLE, ids=str)
def test_steps_that_end_at_a_single_output_are_right(case):
    on_shape = LayerOnShape(layer=of_single(*case), shape=(*case[-1], 8))
    assert wrong(on_shape, batch=2) == {}


@pytest.mark.parametrize("case", SINGLE, ids=str)
def test_steps_that_are_never_taken_make_no_difference(case):
    """In float32, where every CPU is right."""
    layer = of_single(*case, dtype="float32")
    x = tf.random.stateless_normal((2, *case[-1], 8), seed=(0, 1))
    expected = layer(x)
    got = filter_gradient._without_idle_steps(layer, x, layer.kernel.value)
    assert got.shape == expected.shape
    np.testing.assert_allclose(got + layer.bias.value, expected, atol=1e-5)
