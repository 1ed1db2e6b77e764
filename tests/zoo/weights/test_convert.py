import dataclasses
import hashlib

import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.weights.test_read import CNN, weights_of
from zoo.weights import convert
from zoo.weights.formats import safetensors_file
from zoo.weights.published import sources
from zoo.weights.published.source import Source


@pytest.fixture
def published(tmp_path):
    """The weights of `cnn3d` as an .npz, with logits that no backbone has."""
    path = tmp_path / "published.npz"
    np.savez(path, **weights_of(CNN), **{"logits/bias": np.zeros(1000)})
    return path


def test_writes_our_own_file_with_its_origin(published, tmp_path, monkeypatch):
    digest = hashlib.sha256(published.read_bytes()).hexdigest()
    source = Source(
        file_name="published.npz",
        url="https://host/published.npz",
        checksum=f"sha256:{digest}",
        licence="MIT",
        format="npz",
        content="noise",
    )
    monkeypatch.setitem(sources.SOURCES, "cnn3d", (source,))
    out = convert.convert(published, CNN, tmp_path / "out.safetensors")
    arrays, description = safetensors_file.read(out)
    assert description == safetensors_file.Description(
        architecture="cnn3d",
        source="https://host/published.npz",
        licence="MIT",
        checksum=f"sha256:{digest}",
    )
    wanted = weights_of(CNN)
    assert {*arrays} == {*wanted, "logits/bias"}
    for name, array in wanted.items():
        np.testing.assert_array_equal(arrays[name], array)


def test_of_an_unknown_file_the_name_and_checksum_are_kept(published, tmp_path):
    out = convert.convert(published, CNN, tmp_path / "out.safetensors")
    _, description = safetensors_file.read(out)
    assert (description.source, description.licence) == ("published.npz", "")
    again = convert.convert(out, CNN, tmp_path / "again.safetensors")
    assert safetensors_file.read(again)[1] == description


def test_what_does_not_fit_is_not_written(published, tmp_path):
    arrays = dict(np.load(published))
    del arrays["convolution1/kernel"]
    np.savez(published, **arrays)
    out = tmp_path / "out.safetensors"
    with pytest.raises(DataError, match="convolution1/kernel: not in the file"):
        convert.convert(published, CNN, out)
    assert not out.exists()


def test_an_existing_file_stays(published, tmp_path):
    with pytest.raises(UsageError, match="published.npz exists. Choose another --out"):
        convert.convert(published, dataclasses.replace(CNN), published)
