import numpy as np
import pytest

from pipelines.errors import DataError
from pipelines.readers import medmnist


def arrays(sizes=(3, 2, 1)):
    random = np.random.default_rng(0)
    result = {}
    for prefix, size in zip(("train", "val", "test"), sizes):
        images = random.integers(0, 256, (size, 4, 5, 6), dtype=np.uint8)
        result[f"{prefix}_images"] = images
        result[f"{prefix}_labels"] = np.arange(size, dtype=np.uint8)[:, np.newaxis]
    return result


def write(tmp_path, content):
    np.savez(tmp_path / "small.npz", **content)
    return tmp_path / "small.npz"


def test_keeps_the_official_split(tmp_path):
    content = arrays()
    data = medmnist.read(write(tmp_path, content))
    assert data.splits == ("train",) * 3 + ("validation",) * 2 + ("test",)
    assert data.labels.tolist() == [0, 1, 2, 0, 1, 0]
    assert data.images.dtype == np.uint8
    np.testing.assert_array_equal(data.images[3], content["val_images"][0])
    np.testing.assert_array_equal(data.images[5], content["test_images"][0])


def test_image_has_unit_geometry():
    image = medmnist.image(arrays()["train_images"][0])
    assert image.GetSize() == (6, 5, 4)
    assert image.GetSpacing() == (1, 1, 1)
    assert image.GetDirection() == (1, 0, 0, 0, 1, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("val_images", None, "lacks val_images, so it is no MedMNIST file"),
        ("test_labels", None, "lacks test_labels"),
        ("val_images", np.zeros((2, 28, 28), np.uint8), r"Received: uint8 \(2, 28, 28"),
        ("val_images", np.zeros((2, 4, 5, 6)), "val_images wants uint8 .* float64"),
        ("val_images", np.zeros((2, 9, 9, 9), np.uint8), "volumes of one shape"),
        ("val_labels", np.zeros((2, 3), np.uint8), "one integer for each of 2 images"),
        ("val_labels", np.zeros((2, 1)), "val_labels wants one integer"),
        ("val_labels", np.zeros((3, 1), np.uint8), r"Received: uint8 \(3, 1\)"),
    ],
)
def test_wrong_arrays(tmp_path, name, value, match):
    content = arrays()
    del content[name]
    if value is not None:
        content[name] = value
    with pytest.raises(DataError, match=match):
        medmnist.read(write(tmp_path, content))


def test_no_file(tmp_path):
    with pytest.raises(DataError, match="none.npz does not exist"):
        medmnist.read(tmp_path / "none.npz")


@pytest.mark.parametrize("content", [b"", b"text", "half"])
def test_no_npz(tmp_path, content):
    path = write(tmp_path, arrays())
    if content == "half":
        content = path.read_bytes()[:400]
    path.write_bytes(content)
    with pytest.raises(DataError, match="is no whole .npz file"):
        medmnist.read(path)


def test_a_bare_array_is_no_archive(tmp_path):
    path = tmp_path / "bare.npz"
    with open(path, "wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(DataError, match="is no whole .npz file"):
        medmnist.read(path)


def test_reads_vesselmnist(shared_data):
    path = shared_data / "vesselmnist3d" / "vesselmnist3d.npz"
    if not path.exists():
        pytest.skip("no vesselmnist3d folder in the real data")
    data = medmnist.read(path)
    assert data.images.shape == (1908, 28, 28, 28)
    counts = [data.splits.count(name) for name in ("train", "validation", "test")]
    assert counts == [1335, 191, 382]
    assert sorted(set(data.labels.tolist())) == [0, 1]
