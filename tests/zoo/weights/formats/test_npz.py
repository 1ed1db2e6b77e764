import numpy as np
import pytest

from pipelines.errors import DataError
from zoo.weights.formats import npz as npz_format
from zoo.weights.layouts import npz as npz_layout


def test_half_precision_becomes_single(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, a=np.ones(3, "float16"), b=np.ones(2, "float32"))
    found = npz_format.read(path)
    assert found["a"].dtype == found["b"].dtype == np.float32


@pytest.mark.parametrize("content", [b"no archive", b"PK\x03\x04 broken"])
def test_no_archive(tmp_path, content):
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="weights.npz is no .npz file of arrays"):
        npz_format.read(path)


def test_objects_are_never_loaded(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, a=np.array([{"pickled": 1}], dtype=object))
    with pytest.raises(DataError, match="Object arrays cannot be loaded"):
        npz_format.read(path)


def test_arrays_that_are_no_weights_of_the_network_are_left_out():
    arrays = {"conv1/kernel": np.zeros(1), "lpips_lin0": np.zeros(1)}
    assert [*npz_layout.to_zoo(arrays, "inception")] == ["conv1/kernel", "lpips_lin0"]
    assert [*npz_layout.to_zoo(arrays, "alexnet")] == ["convolution1/kernel"]


def test_the_zoos_own_names_stay():
    arrays = {"convolution1/kernel": np.zeros(1), "fc6/bias": np.zeros(1)}
    assert npz_layout.to_zoo(arrays, "alexnet") == arrays
