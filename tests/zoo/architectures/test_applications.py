import json
import math
import subprocess
import sys

import keras
import numpy as np
import pytest

from zoo.architectures import applications

slow = pytest.mark.slow

# Parameters with the published classifier, from keras.io/api/applications as of 2020
# (github.com/keras-team/keras-io, templates/api/applications/index.md, 01b6d6c), which
# still printed every digit.
EXACT = {
    "xception": 22_910_480,
    "inception_v3": 23_851_784,
    "densenet121": 8_062_504,
    "efficientnet_b0": 5_330_571,
    "efficientnet_b1": 7_856_239,
    "efficientnet_b2": 9_177_569,
    "efficientnet_b3": 12_320_535,
    "efficientnet_b4": 19_466_823,
    "efficientnet_b5": 30_562_527,
    "efficientnet_b6": 43_265_143,
    "efficientnet_b7": 66_658_687,
}
# The same page as of 2022 (e7be306), in millions, one decimal.
MILLIONS = {
    "efficientnetv2_b0": 7.2,
    "efficientnetv2_b1": 8.2,
    "efficientnetv2_b2": 10.2,
    "efficientnetv2_b3": 14.5,
    "efficientnetv2_s": 21.6,
}
# Mean, variance and count of the Normalization layer that EfficientNet has inside and
# that is left out here: 3 + 3 + 1.
NORMALISATION = 7

QUICK = ("mobilenet_v3_small", "efficientnet_b0", "xception")
NAMES = (*EXACT, *MILLIONS, "mobilenet_v3_small")
each = pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in QUICK else slow) for n in NAMES]
)

# What keras.applications accepts as the smallest height and width.
SMALLEST = {"xception": 71, "inception_v3": 75}


@pytest.fixture(scope="module")
def build():
    """Builders by name, for RGB slices barely large enough; the quick ones kept."""
    kept = {}

    def built(name):
        if name in kept:
            return kept[name]
        size = SMALLEST.get(name, 32)
        model = getattr(applications, name)((size, size + 5, 3), 2, 1)
        if name in QUICK:
            kept[name] = model
        return model

    return built


def parameters(model):
    return sum(math.prod(weight.shape) for weight in model.weights)


@each
def test_parameters_and_map(build, name):
    model = build(name)
    _, height, width, features = model.output.shape
    assert min(height, width) >= 1
    assert max(height, width) <= 3
    assert model.name == name
    total = parameters(model) + features * 1000 + 1000
    if name == "mobilenet_v3_small":
        hidden = 1024  # its classifier has a layer before the logits
        total = parameters(model) + (features + 1) * hidden + (hidden + 1) * 1000
        # Keras' own, whole; the 2.9 M in its documentation are TensorFlow's checkpoint.
        whole = keras.applications.MobileNetV3Small(weights=None)
        assert total == whole.count_params() == 2_554_968
    elif name in MILLIONS:
        assert round(total / 1e6, 1) == MILLIONS[name]
    elif name.startswith("efficientnet"):
        assert total == EXACT[name] - NORMALISATION
    else:
        assert total == EXACT[name]


@pytest.mark.parametrize(
    "name",
    ["mobilenet_v3_small", *(pytest.param(n, marks=slow) for n in NAMES[:4])],
)
def test_the_seed_alone_decides_weights_and_nothing_the_names(build, name):
    first = build(name)
    keras.layers.Conv2D(1, 1)  # moves Keras' count of layers
    second, other = (
        getattr(applications, name)(first.input.shape[1:], 2, seed) for seed in (1, 2)
    )
    assert [x.name for x in first.operations] == [x.name for x in second.operations]
    assert all(map(np.array_equal, first.get_weights(), second.get_weights()))
    changed = [
        not np.array_equal(*pair)
        for pair in zip(first.get_weights(), other.get_weights(), strict=True)
        if pair[0].ndim == 4
    ]
    assert len(changed) > 10
    assert all(changed)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("mobilenet_v3_small", "conv"),
        pytest.param("efficientnet_b0", "stem_conv", marks=slow),
        pytest.param("efficientnetv2_b0", "stem_conv", marks=slow),
        pytest.param("xception", "block1_conv1", marks=slow),
    ],
)
def test_any_number_of_channels_without_a_warning(name, stem, recwarn):
    size = SMALLEST.get(name, 32)
    model = getattr(applications, name)((size, size + 5, 2), 2, 0)
    assert model.input.shape == (None, size, size + 5, 2)
    assert model.get_layer(stem).kernel.shape[2] == 2
    assert not [w for w in recwarn if "channels" in str(w.message)]


@pytest.mark.parametrize("name", QUICK)
def test_nothing_is_done_to_the_pixels(build, name):
    """The first layer is a convolution, or the padding before it."""
    kinds = [type(layer).__name__ for layer in build(name).layers]
    assert not {"Rescaling", "Normalization"} & set(kinds)
    assert kinds[1] in ("ZeroPadding2D", "Conv2D")


def test_initialisers_are_those_of_keras(build):
    model = build("efficientnet_b0")
    initialiser = model.get_layer("stem_conv").kernel_initializer
    assert type(initialiser) is keras.initializers.VarianceScaling
    found = (initialiser.scale, initialiser.mode, initialiser.distribution)
    assert found == (2.0, "fan_out", "truncated_normal")


def test_drops_of_stochastic_depth_have_seeds_of_their_own(build):
    drops = [x for x in build("efficientnet_b0").layers if x.name.endswith("_drop")]
    seeds = {layer.seed for layer in drops}
    assert len(drops) == len(seeds) == 9
    assert None not in seeds
    assert [round(layer.rate, 4) for layer in drops[:2]] == [0.025, 0.05]


def test_another_rank():
    with pytest.raises(
        ValueError, match="xception is a network of rank 2. Received: r"
    ):
        applications.xception((71, 71, 71, 1), 3, 0)


IN_A_FRESH_PROCESS = """
import sys
import keras
import numpy as np
model = keras.models.load_model(sys.argv[1] + "/model.keras")
x = np.load(sys.argv[1] + "/x.npy")
np.save(sys.argv[1] + "/y.npy", keras.ops.convert_to_numpy(model(x)))
assert not [name for name in sys.modules if name.split(".")[0] == "zoo"]
"""


@slow
@pytest.mark.parametrize("name", ["mobilenet_v3_small", "efficientnet_b0"])
def test_a_saved_backbone_loads_without_the_package(build, name, tmp_path):
    model = build(name)
    x = np.random.default_rng(0).normal(size=(2, *model.input.shape[1:]))
    np.save(tmp_path / "x.npy", x)
    model.save(tmp_path / "model.keras")
    subprocess.run(
        [sys.executable, "-c", IN_A_FRESH_PROCESS, str(tmp_path)],
        check=True,
        cwd=tmp_path,
        capture_output=True,
    )
    here = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), here)


@slow
@pytest.mark.parametrize(
    ("name", "theirs"), [("xception", "Xception"), ("inception_v3", "InceptionV3")]
)
def test_names_are_those_of_a_process_that_builds_nothing_else(build, name, theirs):
    script = (
        "import json, keras\n"
        f"model = keras.applications.{theirs}(include_top=False, weights=None)\n"
        "print(json.dumps([layer.name for layer in model.layers]))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    found = json.loads(finished.stdout.splitlines()[-1])
    assert [layer.name for layer in build(name).layers][1:] == found[1:]


@slow
def test_xception_with_real_weights_gives_the_features_of_keras(shared_data):
    path = shared_data / "xception-imagenet" / "xception_imagenet_notop_fp16.npz"
    if not path.is_file():
        pytest.skip("no xception-imagenet in the folder of real data")
    arrays = dict(np.load(path))
    theirs = keras.applications.Xception(include_top=False, weights=None)
    ours = applications.xception((128, 96, 3), 2, 0)
    weights = {f"{x.name}/{w.name}": w for x in ours.layers for w in x.weights}
    assert list(arrays) == list(weights), "the names are those of the file"
    for name, weight in weights.items():
        weight.assign(arrays[name].astype("float32"))
    theirs.set_weights([array.astype("float32") for array in arrays.values()])
    x = np.random.default_rng(0).uniform(-1, 1, (2, 128, 96, 3)).astype("float32")
    expected, found = (keras.ops.convert_to_numpy(model(x)) for model in (theirs, ours))
    assert expected.max() > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-4)
