"""Arrays through a file."""

import numpy as np
import pytest

from zoo.serving.gate import array_file


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.5, np.nan]], np.float32),
        np.array([3, -4]),
        np.zeros((0, 2), bool),
        np.array(7.0),
    ],
)
def test_numbers_come_back(tmp_path, array):
    array_file.write(tmp_path / "a.npz", {"x/y": array})
    (name, found), *rest = array_file.read(tmp_path / "a.npz").items()
    assert (name, found.dtype, rest) == ("x/y", array.dtype, [])
    np.testing.assert_array_equal(found, array)


def test_strings_come_back_to_the_last_zero(tmp_path):
    texts = np.array([[b"a\0b\0", b""], [b"\xff\0\0", b"c"]], object)
    array_file.write(tmp_path / "a.npz", {"record": texts, "n": np.array([1])})
    found = array_file.read(tmp_path / "a.npz")
    assert found["record"].tolist() == texts.tolist()
    assert found["n"].tolist() == [1]


def test_no_strings_have_a_shape_too(tmp_path):
    array_file.write(tmp_path / "a.npz", {"x": np.empty((0, 3), object)})
    assert array_file.read(tmp_path / "a.npz")["x"].shape == (0, 3)
