import pytest

from pipelines.errors import UsageError
from zoo.architectures import registry
from zoo.weights.published.sources import SOURCES


def test_by_name():
    assert registry.get("resnet3d18").rank == 3


def test_an_unknown_name_lists_the_known():
    with pytest.raises(UsageError, match="'vgg'.*alexnet, .* xception, or name"):
        registry.get("vgg")


@pytest.mark.parametrize("name", registry.ARCHITECTURES)
def test_entries_agree_with_themselves(name):
    architecture = registry.ARCHITECTURES[name]
    assert architecture.name == name
    assert architecture.citation
    assert (architecture.imagenet is not None) == (
        (architecture.inflates or name) in SOURCES
    )
