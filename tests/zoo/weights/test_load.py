import csv
import dataclasses
import hashlib

import keras
import numpy as np
import pytest

from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from zoo.architectures import registry
from zoo.classifier import classifier, input_pixels
from zoo.classifier.classifier import Classifier
from zoo.recipes.recipe import Recipe
from zoo.targets.target_output import outputs_of_classes
from zoo.weights import load as load_weights
from zoo.weights.formats import safetensors_file
from zoo.weights.published import sources

RECIPE = Recipe(weights="imagenet", normalisation="percentile", slices=Slices(train=1))
INCEPTION = registry.get("inception")
NPZ = "googlenet_bvlc_keras_layout_fp32.npz"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path / "nowhere"))


@pytest.fixture(scope="module")
def published(shared_data):
    folder = shared_data / "googlenet-imagenet"
    if not folder.is_dir():
        pytest.skip("no googlenet-imagenet in the folder of real data")
    return folder


def build(shape=(1, 32, 32, 3), classes=2):
    return classifier.build(
        RECIPE,
        INCEPTION,
        shape=shape,
        target_outputs=outputs_of_classes(classes),
        seed=0,
    )


def backbone_alone(channels=3):
    """A classifier without what loading a backbone leaves alone: quicker to build."""
    backbone = INCEPTION.build((32, 32, channels), 2, 0)
    return Classifier(
        backbone=backbone, training=None, inference=None, layer_freezing=None
    )


@pytest.fixture(scope="module")
def small():
    return build()


def arrays_of(built):
    """What a file that fits the classifier's backbone holds."""
    generator = np.random.default_rng(0)
    return {
        f"{layer.name}/{weight.name}": generator.normal(size=weight.shape)
        for layer in built.backbone.layers
        for weight in layer.weights
    }


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes arrays as the known file of `inception`, checksum and all."""

    def written(arrays):
        known = sources.SOURCES["inception"][0]
        path = tmp_path / known.file_name
        np.savez(path, **arrays)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        changed = dataclasses.replace(known, checksum=f"sha256:{digest}")
        monkeypatch.setitem(sources.SOURCES, "inception", (changed,))
        return path

    return written


def test_photographs_get_their_class_and_probability(published, shared_data):
    image = pytest.importorskip("PIL.Image")
    folder = shared_data / "imagenet-fixture14"
    rows = list(csv.DictReader((folder / "manifest.csv").open(encoding="utf-8")))
    built = build(shape=(1, 224, 224, 3), classes=1000)
    load_weights.load(built, INCEPTION, RECIPE, published)
    load_weights.load_logits(built, INCEPTION, RECIPE, published)
    pixels = np.stack([photograph(image, folder / row["file"]) for row in rows])
    found = built.inference.predict(pixels[:, None], batch_size=7, verbose=0)
    indices = [int(row["class_index"]) for row in rows]
    assert found["probabilities"].argmax(-1).tolist() == indices
    np.testing.assert_allclose(
        found["probabilities"][range(14), indices],
        [float(row["googlenet_prob"]) for row in rows],
        atol=0.001,
    )


def photograph(image, path):
    """Red, green, blue in 0..1: shorter side to 256, bilinear; the middle 224^2."""
    picture = image.open(path).convert("RGB")
    scale = 256 / min(picture.size)
    width, height = (round(side * scale) for side in picture.size)
    picture = picture.resize((width, height), image.Resampling.BILINEAR)
    left, top = (width - 224) // 2, (height - 224) // 2
    picture = picture.crop((left, top, left + 224, top + 224))
    return np.asarray(picture, "float32") / 255


def test_grey_on_any_number_of_channels_is_grey_on_three(published):
    """After z-scores: there the convention adds no mean, which RGB has per channel."""
    image = np.random.default_rng(0).normal(size=(1, 32, 32, 1)).astype("float32")
    found = {}
    for channels in (3, 2):
        built = backbone_alone(channels)
        load_weights.load(built, INCEPTION, RECIPE, published)
        pixels = input_pixels.pixels(
            INCEPTION.imagenet, channels=channels, normalisation="zscore"
        )
        x = pixels(np.repeat(image, channels, axis=-1))
        found[channels] = keras.ops.convert_to_numpy(built.backbone(x))
    assert found[3].max() > 0.1
    np.testing.assert_allclose(found[2], found[3], rtol=1e-3, atol=1e-4)


def test_loads_the_backbone_and_leaves_the_head(write, monkeypatch, small):
    built, arrays = small, arrays_of(small)
    head = built.inference.get_layer("head")
    before = [weight.copy() for weight in head.get_weights()]
    path = write(arrays | {"loss3_classifier/bias": np.zeros(1000)})
    monkeypatch.setenv("ZOO_WEIGHTS", str(path.parent))
    origin = load_weights.load(built, INCEPTION, RECIPE)
    assert origin.path == path
    assert origin.described() == {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "published": NPZ,
    }
    layer = built.backbone.get_layer("inception_4c_3x3")
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(layer.kernel), arrays["inception_4c_3x3/kernel"]
    )
    assert all(map(np.array_equal, before, head.get_weights()))


def test_names_and_shapes_are_strict(write, small):
    before = [w.copy() for w in small.backbone.get_weights()]
    arrays = arrays_of(small)
    arrays["inception_3a_1x1/kernel"] = np.zeros((1, 1, 191, 64))
    arrays["inception_9z/bias"] = arrays.pop("inception_3b_1x1/bias")
    path = write(arrays)
    with pytest.raises(DataError, match="does not fit the network") as raised:
        load_weights.load(small, INCEPTION, RECIPE, path)
    for part in (
        "inception_3a_1x1/kernel: shape (1, 1, 191, 64), network (1, 1, 192, 64)",
        "inception_3b_1x1/bias: not in the file",
        "inception_9z/bias: not in the network",
    ):
        assert part in str(raised.value)
    after = small.backbone.get_weights()
    assert all(map(np.array_equal, before, after)), "nothing may be half loaded"


def test_logits_want_a_head_of_1000_classes(write, small):
    arrays = {
        "loss3_classifier/kernel": np.zeros((1024, 1000)),
        "loss3_classifier/bias": np.zeros(1000),
    }
    path = write(arrays)
    with pytest.raises(DataError, match=r"\(1024, 1000\), network \(1024, 2\)"):
        load_weights.load_logits(small, INCEPTION, RECIPE, path)


def test_another_file_by_its_checksum(tmp_path, small):
    path = tmp_path / "weights.npz"
    np.savez(path, a=np.zeros(3))
    with pytest.raises(DataError, match="Received: sha256 .* expected 32af9905"):
        load_weights.load(small, INCEPTION, RECIPE, path)


def test_a_file_of_ones_own(tmp_path):
    recipe = dataclasses.replace(RECIPE, weights="file")
    built = backbone_alone()
    arrays = arrays_of(built)
    path = tmp_path / "mine.safetensors"
    description = safetensors_file.Description(
        architecture="inception", source="mine", licence="", checksum=""
    )
    safetensors_file.write(path, arrays, description)
    origin = load_weights.load(built, INCEPTION, recipe, path)
    assert origin.published == ""
    assert load_weights.check(recipe, INCEPTION, path, channels=3) == origin
    bias = built.backbone.get_layer("inception_5b_1x1").bias
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(bias), arrays["inception_5b_1x1/bias"], rtol=1e-6
    )


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("none", "Received: weights = 'none'"),
        ("file", "from a file. Name it by --weights PATH"),
        ("run", "from a run. Name its directory by --weights RUN"),
    ],
)
def test_a_recipe_that_names_no_weights(small, weights, message):
    recipe = dataclasses.replace(RECIPE, weights=weights)
    with pytest.raises(UsageError, match=message):
        load_weights.load(small, INCEPTION, recipe)


def test_from_scratch_there_is_nothing_to_check():
    recipe = dataclasses.replace(RECIPE, weights="none")
    assert load_weights.check(recipe, INCEPTION, None, channels=3) is None


def test_an_architecture_without_weights(small):
    with pytest.raises(UsageError, match="no ImageNet weights for cnn3d"):
        load_weights.load(small, registry.get("cnn3d"), RECIPE)
