import hashlib

import pytest

from pipelines.errors import DataError
from zoo.weights.published import checksum

SHA256 = hashlib.sha256(b"weights").hexdigest()
ADDRESS = "https://host/pointer"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"weights")
    return path


@pytest.mark.parametrize(
    "text",
    [
        f"sha256:{SHA256}",
        f"sha256-prefix:{SHA256[:8]}",
        f"sha1:{hashlib.sha1(b'weights').hexdigest()}",
        f"md5:{hashlib.md5(b'weights').hexdigest()}",
    ],
)
def test_every_kind_is_held_against_the_file(file, text):
    stated = checksum.parse(text)
    assert str(stated) == text and stated.known
    checksum.check(file, stated)
    file.write_bytes(b"other")
    with pytest.raises(DataError, match="weights.npz is not the file.*Received: .*"):
        checksum.check(file, stated)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "crc32:0011aabb",
            "kind is one of sha256, sha256-prefix, sha1, md5, sha256-at",
        ),
        ("sha256:0011", "64 to 64 hexadecimal digits. Received: '0011'"),
        ("sha256-prefix:0011", "8 to 64 hexadecimal digits"),
        ("md5:" + "G" * 32, "hexadecimal"),
        ("sha256-at:http://host/x", "no https:// address"),
    ],
)
def test_what_is_no_checksum(text, message):
    with pytest.raises(ValueError, match=message):
        checksum.parse(text)


def test_stated_at_an_address_and_kept_beside(file):
    stated = checksum.parse(f"sha256-at:{ADDRESS}")
    assert not stated.known
    with pytest.raises(DataError, match=f"not here.*that {ADDRESS} states"):
        checksum.check(file, stated)
    beside = checksum.beside(file)
    beside.write_text("no digits", encoding="utf-8")
    with pytest.raises(DataError, match="weights.npz.sha256 holds no SHA-256"):
        checksum.check(file, stated)
    beside.write_text(f"{SHA256}  weights.npz\n", encoding="utf-8")
    checksum.check(file, stated)


def test_a_git_lfs_pointer():
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{SHA256}\nsize 7\n"
    assert checksum.of_pointer(text) == checksum.parse(f"sha256:{SHA256}")
    with pytest.raises(DataError, match="expected a Git LFS pointer.*'<html>"):
        checksum.of_pointer("<html>")
