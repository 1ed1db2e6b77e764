import numpy as np
import pytest
from safetensors import numpy

from pipelines.errors import DataError
from zoo.weights.formats import safetensors_file

DESCRIPTION = safetensors_file.Description(
    architecture="resnet18", source="https://host/x", licence="MIT", checksum="md5:0"
)


def test_weights_round_trip_with_their_origin(tmp_path):
    path = tmp_path / "a.zoo.safetensors"
    kernel = np.random.default_rng(0).normal(size=(3, 3, 2, 4)).transpose(1, 0, 3, 2)
    safetensors_file.write(path, {"stem/kernel": kernel}, DESCRIPTION)
    found, description = safetensors_file.read(path)
    assert description == DESCRIPTION
    np.testing.assert_array_equal(found["stem/kernel"], kernel.astype("float32"))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_file_of_others_says_nothing(tmp_path):
    path = tmp_path / "model.safetensors"
    numpy.save_file({"fc.bias": np.ones(3, "float16")}, path, metadata={"format": "pt"})
    found, description = safetensors_file.read(path)
    assert description is None
    assert found["fc.bias"].dtype == np.float32


def test_a_later_version(tmp_path):
    path = tmp_path / "a.safetensors"
    metadata = {"format": "mri-volume-zoo weights", "format_version": "2"}
    numpy.save_file({"a": np.ones(3)}, path, metadata=metadata)
    with pytest.raises(DataError, match="of version 2, this package reads version 1"):
        safetensors_file.read(path)


def test_no_such_file(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="a.safetensors is no safetensors file"):
        safetensors_file.read(path)
