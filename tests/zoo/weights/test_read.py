import dataclasses

import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.weights.formats import caffe_bytes
from zoo.architectures import registry
from zoo.weights import assign as assign_weights
from zoo.weights import read as read_weights
from zoo.weights.formats import safetensors_file

CNN = registry.get("cnn3d")
INFLATED = dataclasses.replace(CNN, name="cnn3d_inflated", inflates="cnn")


def weights_of(architecture):
    model = read_weights.reference(architecture)
    weights = assign_weights.by_name(model).items()
    return {name: keras.ops.convert_to_numpy(weight) for name, weight in weights}


def described(architecture):
    return safetensors_file.Description(
        architecture=architecture, source="here", licence="", checksum=""
    )


def test_our_own_file_is_of_the_architecture_or_the_one_it_inflates(tmp_path):
    path = tmp_path / "a.zoo.safetensors"
    safetensors_file.write(path, {"a/bias": np.ones(2)}, described("cnn"))
    content = read_weights.read(path, "safetensors")
    assert [*read_weights.arrays(content, INFLATED)] == ["a/bias"]
    with pytest.raises(DataError, match="a.zoo.safetensors: .*holds weights of cnn.*"):
        read_weights.arrays(content, CNN)


def test_a_caffe_model_is_in_the_zoos_layout(tmp_path):
    path = tmp_path / "a.caffemodel"
    dense = np.random.default_rng(0).normal(size=(3, 128 * 16)).astype("float32")
    path.write_bytes(caffe_bytes.net([("loss1/fc", [dense, np.ones(3)])]))
    content = read_weights.read(path, "caffe")
    found = read_weights.arrays(content, registry.get("inception"))
    by_place = found["loss1_fc/kernel"].reshape(16, 128, 3)
    assert by_place[5, 7, 2] == dense[2, 7 * 16 + 5]


def test_a_file_of_keras_takes_the_names_of_the_backbone(tmp_path):
    h5py = pytest.importorskip("h5py")
    arrays = weights_of(CNN)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["layer_names"] = ["all"]
        group = file.create_group("all")
        group.attrs["weight_names"] = [f"weight{i}" for i in range(len(arrays))]
        for i, array in enumerate(arrays.values()):
            group[f"weight{i}"] = array + 1
    found = read_weights.arrays(read_weights.read(tmp_path / "a.h5", "keras_h5"), CNN)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array + 1)


def test_names_of_pytorch_that_are_not_known(tmp_path):
    path = tmp_path / "model.safetensors"
    safetensors_file.numpy.save_file({"conv1.weight": np.ones(2, "float32")}, path)
    with pytest.raises(DataError, match="layers of cnn3d are not known. They are of"):
        read_weights.arrays(read_weights.read(path, "safetensors"), CNN)


def test_the_reference_is_of_rgb_and_of_rank_2_where_weights_are_inflated():
    assert read_weights.reference(CNN).input.shape == (None, 8, 8, 8, 3)
    assert read_weights.reference(INFLATED).input.shape == (None, 8, 8, 3)
