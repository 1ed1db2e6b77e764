import csv
import dataclasses
import hashlib

import keras
import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from zoo import classifier, registry
from zoo.recipe import Recipe, Slices
from zoo.weights import files, imagenet

RECIPE = Recipe(weights="imagenet", normalisation="percentile", slices=Slices(train=1))
INCEPTION = registry.get("inception")


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv(imagenet.VARIABLE, raising=False)


@pytest.fixture(scope="module")
def published(shared_data):
    folder = shared_data / "googlenet-imagenet"
    if not folder.is_dir():
        pytest.skip("no googlenet-imagenet in the folder of real data")
    return folder


def build(shape=(1, 32, 32, 3), classes=2, seed=0):
    return classifier.build(RECIPE, INCEPTION, shape=shape, classes=classes, seed=seed)


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
        known = files.FILES["inception"]
        path = tmp_path / known.name
        np.savez(path, **arrays)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        changed = dataclasses.replace(known, sha256=digest)
        monkeypatch.setitem(files.FILES, "inception", changed)
        return path

    return written


def test_photographs_get_their_class_and_probability(published, shared_data):
    image = pytest.importorskip("PIL.Image")
    folder = shared_data / "imagenet-fixture14"
    rows = list(csv.DictReader((folder / "manifest.csv").open()))
    built = build(shape=(1, 224, 224, 3), classes=1000)
    imagenet.load(built, INCEPTION, RECIPE, str(published))
    imagenet.load_logits(built, INCEPTION, str(published))
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
    recipe = dataclasses.replace(RECIPE, normalisation="zscore")
    image = np.random.default_rng(0).normal(size=(1, 1, 32, 32, 1)).astype("float32")
    found = {}
    for channels in (3, 1, 2):
        built = classifier.build(
            recipe, INCEPTION, shape=(1, 32, 32, channels), classes=2, seed=0
        )
        imagenet.load(built, INCEPTION, recipe, str(published))
        repeated = np.repeat(image, channels, axis=-1)
        found[channels] = built.inference.predict_on_batch(repeated)["features"]
    assert found[3].max() > 0.1
    np.testing.assert_allclose(found[1], found[3], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found[2], found[3], rtol=1e-3, atol=1e-4)


def test_loads_the_backbone_and_leaves_the_head(write, monkeypatch, small):
    built = build()
    arrays = arrays_of(built)
    path = write(arrays | {"loss3_classifier/bias": np.zeros(1000)})
    monkeypatch.setenv(imagenet.VARIABLE, str(path.parent))
    assert imagenet.load(built, INCEPTION, RECIPE) == path
    layer = built.backbone.get_layer("inception_4c_3x3")
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(layer.kernel), arrays["inception_4c_3x3/kernel"]
    )
    np.testing.assert_array_equal(
        *(c.inference.get_layer("head").get_weights()[0] for c in (built, small))
    )


def test_names_and_shapes_are_strict(write, small):
    before = [w.copy() for w in small.backbone.get_weights()]
    arrays = arrays_of(small)
    arrays["inception_3a_1x1/kernel"] = np.zeros((1, 1, 191, 64))
    arrays["inception_9z/bias"] = arrays.pop("inception_3b_1x1/bias")
    path = write(arrays)
    with pytest.raises(DataError, match="does not fit the network") as raised:
        imagenet.load(small, INCEPTION, RECIPE, str(path))
    for part in (
        "inception_3a_1x1/kernel: shape (1, 1, 191, 64), network (1, 1, 192, 64)",
        "inception_3b_1x1/bias: not in the file",
        "inception_9z/bias: not in the network",
    ):
        assert part in str(raised.value)
    after = small.backbone.get_weights()
    assert all(map(np.array_equal, before, after)), "nothing may be half loaded"


def test_many_differences_are_counted(write, small):
    path = write({"a/kernel": np.zeros(1)})
    with pytest.raises(DataError, match="and 109 more"):
        imagenet.load(small, INCEPTION, RECIPE, str(path))


def test_logits_want_a_head_of_1000_classes(write, small):
    arrays = {
        "loss3_classifier/kernel": np.zeros((1024, 1000)),
        "loss3_classifier/bias": np.zeros(1000),
    }
    path = write(arrays)
    with pytest.raises(DataError, match=r"\(1024, 1000\), network \(1024, 2\)"):
        imagenet.load_logits(small, INCEPTION, str(path))


def test_another_file_by_its_checksum(tmp_path, small):
    path = tmp_path / "weights.npz"
    np.savez(path, a=np.zeros(3))
    with pytest.raises(DataError, match="Received: SHA-256 .* expected 32af9905"):
        imagenet.load(small, INCEPTION, RECIPE, str(path))


def test_no_archive_of_arrays(tmp_path):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"no archive")
    file = dataclasses.replace(
        files.get("inception"), sha256=hashlib.sha256(b"no archive").hexdigest()
    )
    with pytest.raises(DataError, match="no .npz file"):
        imagenet.read(path, file)


def test_without_a_place_the_error_says_what_to_put_where(small):
    with pytest.raises(DataError, match="Put googlenet_bvlc.*by ZOO_WEIGHTS") as raised:
        imagenet.load(small, INCEPTION, RECIPE)
    assert files.get("inception").sha256 in str(raised.value)


def test_a_directory_without_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv(imagenet.VARIABLE, str(tmp_path))
    with pytest.raises(DataError, match="googlenet_bvlc.*does not exist. Put"):
        imagenet.find("inception", None)


def test_the_argument_goes_before_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv(imagenet.VARIABLE, "/nowhere")
    path = tmp_path / "mine.npz"
    path.write_bytes(b"")
    assert imagenet.find("inception", str(path)) == path


def test_a_classifier_built_from_scratch_lacks_the_convention(small):
    recipe = dataclasses.replace(RECIPE, weights="none")
    with pytest.raises(UsageError, match="Received: weights = 'none'"):
        imagenet.load(small, INCEPTION, recipe)


def test_an_architecture_without_weights(small):
    with pytest.raises(UsageError, match="no ImageNet weights for cnn3d"):
        imagenet.load(small, registry.get("cnn3d"), RECIPE)
