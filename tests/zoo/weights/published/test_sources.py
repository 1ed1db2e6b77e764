from pathlib import Path

import keras
import pytest

from pipelines.errors import UsageError
from zoo.weights.published import sources
from zoo.weights.published.source import Source

ALL = [source for files in sources.SOURCES.values() for source in files]


def test_file_names_are_unique():
    assert len({source.file_name for source in ALL}) == len(ALL)


@pytest.mark.parametrize("source", ALL, ids=lambda source: source.file_name)
def test_what_is_declared(source):
    assert source.licence and source.content
    assert source.url.startswith(
        ("https://", "http://dl.caffe.berkeleyvision.org/", "")
    )
    assert source.top1 is None or 50 < source.top1 < 90
    assert source.checksum in source.where() and source.url in source.where()
    if source.url:
        assert source.url.startswith("https://") or source.format == "caffe"
    else:
        assert source.stated.kind == "sha256"


def test_first_digits_are_those_of_pytorchs_file_names():
    for source in ALL:
        if source.format == "torch":
            prefix = source.file_name.removesuffix(".pth").rsplit("-", 1)[-1]
            assert source.stated.value.startswith(prefix)


def test_checksums_and_addresses_are_those_that_keras_has():
    folder = Path(keras.applications.xception.Xception.__code__.co_filename).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    text = text.replace('"\n    "', "")  # strings over two lines
    for source in ALL:
        if source.format == "keras_h5":
            assert source.stated.value in text
            assert source.url.removesuffix(source.file_name) in text


def test_every_architecture_with_weights_is_there():
    assert {"inception", "alexnet", "xception", "convnext_tiny"} <= {*sources.SOURCES}
    assert sources.get("resnet18")[0].format == "safetensors"


def test_without_weights():
    with pytest.raises(UsageError, match="no ImageNet weights for cnn3d.*inception"):
        sources.get("cnn3d")


def test_an_accuracy_goes_with_who_says_so():
    with pytest.raises(ValueError, match="goes with who published it.*top1=50"):
        Source(
            file_name="a.npz",
            checksum="sha256-prefix:00112233",
            licence="MIT",
            format="npz",
            content="noise",
            top1=50,
        )
