from zoo.catalogue import published
from zoo.weights.published.source import Source


def source(**changes):
    fields = {
        "file_name": "weights.npz",
        "checksum": "sha256:" + 64 * "0",
        "licence": "MIT",
        "format": "npz",
        "content": "weights",
    }
    return Source(**fields | changes)


FETCHED = source(url="https://example.org/files/weights.npz")


def test_the_foremost_can_be_fetched_if_one_can():
    assert published.foremost((source(), FETCHED)) is FETCHED
    only = source()
    assert published.foremost((only,)) is only


def test_the_place():
    assert published.place(FETCHED) == "example.org"
    assert published.place(source()) == "weights.npz"


def test_sources_of_its_own_or_of_the_network_that_is_inflated():
    own = published.sources("resnet18", "")
    assert own
    assert published.sources("resnet3d18", "resnet18") == own
    assert published.sources("cnn3d", "") == ()


def test_what_is_shown():
    shown = published.shown(FETCHED)
    assert shown["url"] == FETCHED.url
    assert shown["licence"] == "MIT"
    assert shown["top1"] is None
    assert "checksum" not in shown
