import numpy as np
import pytest

from zoo.serving.gate import array_file


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float32).reshape(1, 2, 3),
        np.zeros((0, 3), np.int64),
        np.array([True, False]),
        np.float32(1.5),
    ],
    ids=["float32", "empty", "bool", "scalar"],
)
def test_numbers(array, tmp_path):
    array_file.write(tmp_path / "a.npz", {"file": array})
    (found,) = array_file.read(tmp_path / "a.npz").values()
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


def test_texts_keep_every_byte(tmp_path):
    texts = np.array([[b"", b"a\0b\0\0"], [b"\xff\xfe", b"class"]], object)
    array_file.write(tmp_path / "a.npz", {"a/b c": texts, "none": texts[:0]})
    found = array_file.read(tmp_path / "a.npz")
    assert found["a/b c"].tolist() == texts.tolist()
    assert found["none"].shape == (0, 2)
