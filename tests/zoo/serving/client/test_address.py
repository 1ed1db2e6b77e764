import pytest

from pipelines.errors import UsageError
from zoo.serving.client import address
from zoo.serving.client.address import Address
from zoo.serving.loopback import is_loopback


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("grpc://a:8500", Address(grpc=True, tls=False, host="a", port=8500)),
        ("grpcs://a.b:1", Address(grpc=True, tls=True, host="a.b", port=1)),
        ("http://a", Address(grpc=False, tls=False, host="a", port=80)),
        ("https://a/", Address(grpc=False, tls=True, host="a", port=443)),
        (
            "https://a:8501/mri/",
            Address(grpc=False, tls=True, host="a", port=8501, path="/mri"),
        ),
        ("grpc://[::1]:8500", Address(grpc=True, tls=False, host="::1", port=8500)),
    ],
)
def test_what_is_written(text, wanted):
    assert address.read(text) == wanted


def test_written_again():
    for text in ("grpcs://[::1]:8500", "http://a:80", "https://a:443/mri"):
        assert str(address.read(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("localhost:8500", "ftp://a:1", "grpc://a", "grpc://a:x", "grpc://a:99999"),
        *("http://", "grpc://a:1/b", "", "http://[a", "http://a:0", "grpc://a:0"),
        *("http://a..b", "grpc://a..b:1", f"http://{'a' * 64}", "http://a b"),
        *("http://a/ä", "http://a/b c"),
    ],
)
def test_what_is_no_address(text):
    with pytest.raises(UsageError, match="--endpoint wants grpc://host:port"):
        address.read(text)


@pytest.mark.parametrize(
    "text", ["https://me:secret@a", "https://token@a", "https://a?token=secret"]
)
def test_secrets_in_an_address_are_refused_and_not_repeated(text):
    with pytest.raises(UsageError, match="no user, password or query") as caught:
        address.read(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *[("localhost", True), ("127.0.0.1", True), ("127.8.8.8", True)],
        *[("[::1]", True), ("10.0.0.1", False), ("localhost.example", False)],
    ],
)
def test_this_machine(host, loopback):
    assert is_loopback(address.read(f"http://{host}").host) == loopback
