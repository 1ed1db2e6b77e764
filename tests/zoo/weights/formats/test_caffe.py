import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.weights.formats import caffe_bytes
from zoo.weights.formats import caffe as caffe_format

GENERATOR = np.random.default_rng(0)
CONVOLUTION = GENERATOR.normal(size=(5, 3, 2, 7)).astype("float32")  # out, in, h, w
DENSE = GENERATOR.normal(size=(6, 4)).astype("float32")  # out, in
BIAS = GENERATOR.normal(size=300).astype("float32")
LAYERS = [
    ("data", []),
    ("conv1/7x7_s2", [CONVOLUTION, BIAS[:5]]),
    ("loss3/classifier", [DENSE, BIAS]),
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.caffemodel"


@pytest.mark.parametrize("old", [True, False])
def test_old_and_new_files(path, old):
    path.write_bytes(caffe_bytes.net(LAYERS, old=old))
    found = caffe_format.read(path)
    assert list(found) == [
        *("conv1_7x7_s2/kernel", "conv1_7x7_s2/bias"),
        *("loss3_classifier/kernel", "loss3_classifier/bias"),
    ]
    kernel = found["conv1_7x7_s2/kernel"]
    assert kernel.shape == (2, 7, 3, 5)
    assert kernel[1, 4, 2, 3] == CONVOLUTION[3, 2, 1, 4]
    np.testing.assert_array_equal(found["loss3_classifier/kernel"], DENSE.T)
    np.testing.assert_array_equal(found["loss3_classifier/bias"], BIAS)
    assert found["conv1_7x7_s2/bias"].shape == (5,)


def test_other_fields_are_passed_over(path):
    blob = caffe_bytes.blob(DENSE, diff=True)
    layer = caffe_bytes.field(1, b"fc") + caffe_bytes.field(2, b"InnerProduct")
    layer += caffe_bytes.field(7, blob) + caffe_bytes.field(117, b"\x08\x06")
    path.write_bytes(caffe_bytes.field(100, layer))
    np.testing.assert_array_equal(caffe_format.read(path)["fc/kernel"], DENSE.T)


@pytest.mark.parametrize("content", [b"no message at all", b"\xff" * 40])
def test_no_such_file(path, content):
    path.write_bytes(content)
    with pytest.raises(DataError, match="net.caffemodel is no .caffemodel file"):
        caffe_format.read(path)


def test_without_weights(path):
    path.write_bytes(caffe_bytes.net([("data", [])]))
    with pytest.raises(DataError, match="it holds no weights"):
        caffe_format.read(path)


def test_more_blobs_than_a_kernel_and_a_bias(path):
    path.write_bytes(caffe_bytes.net([("bn", [BIAS, BIAS, BIAS])]))
    with pytest.raises(DataError, match="layer bn has 3 blobs"):
        caffe_format.read(path)


def test_values_that_do_not_fill_the_shape(path):
    blob = caffe_bytes.blob(DENSE) + caffe_bytes.field(5, b"\0" * 4)
    layer = caffe_bytes.field(1, b"fc") + caffe_bytes.field(7, blob)
    path.write_bytes(caffe_bytes.field(100, layer))
    with pytest.raises(DataError, match=r"layer fc: 25 values for a shape of \(6, 4\)"):
        caffe_format.read(path)
