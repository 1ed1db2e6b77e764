import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from zoo.runs import features
from zoo.runs.features import Features

FEATURES = Features(
    sample_id=("a", "b"),
    split=("train", "test"),
    features=np.array([[1, 2, 3], [4, 5, 6]], np.float32),
)


def test_what_is_written_is_read(tmp_path):
    features.write(tmp_path / "features.npz", FEATURES)
    assert [path.name for path in tmp_path.iterdir()] == ["features.npz"]
    read = features.read(tmp_path / "features.npz")
    assert (read.sample_id, read.split) == (("a", "b"), ("train", "test"))
    assert read.features.dtype == np.float32
    np.testing.assert_array_equal(read.features, FEATURES.features)


def test_ids_of_runs_of_before_are_written_as_today(tmp_path):
    old = dataclasses.replace(FEATURES, sample_id=("1234567890123456", "b"))
    features.write(tmp_path / "features.npz", old)
    read = features.read(tmp_path / "features.npz")
    assert read.sample_id == ("p1234567890123456", "b")


def test_numpy_alone_reads_it(tmp_path):
    features.write(tmp_path / "features.npz", FEATURES)
    with np.load(tmp_path / "features.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["features", "sample_id", "split"]


def test_the_same_features_are_the_same_bytes(tmp_path):
    for name in ("one.npz", "two.npz"):
        features.write(tmp_path / name, FEATURES)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"no zip file", b"PK\x03\x04 cut off"])
def test_a_file_that_is_none(content, tmp_path):
    path = tmp_path / "features.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match="holds no features of a run"):
        features.read(path)


def test_a_sample_too_few():
    with pytest.raises(ValueError, match="a sample_id and a split for each"):
        Features(sample_id=("a",), split=("train",), features=np.zeros((2, 3)))
