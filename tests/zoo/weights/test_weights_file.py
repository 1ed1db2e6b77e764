import pytest

from pipelines.errors import UsageError
from zoo.weights import read as read_weights
from zoo.weights import weights_file


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.npz", "npz"),
        ("a.zoo.safetensors", "safetensors"),
        ("a.pth", "torch"),
        ("a.pt", "torch"),
        ("a.caffemodel", "caffe"),
        ("a.h5", "keras_h5"),
    ],
)
def test_the_ending_says_the_format(tmp_path, name, kind):
    assert weights_file.format_of(tmp_path / name) == kind


def test_an_unknown_ending(tmp_path):
    with pytest.raises(UsageError, match=r"ends in .npz, .*Received: a.bin"):
        weights_file.format_of(tmp_path / "a.bin")


def test_no_file(tmp_path):
    with pytest.raises(UsageError, match="a.npz does not exist"):
        read_weights.read(tmp_path / "a.npz", "npz")
