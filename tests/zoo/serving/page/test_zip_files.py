import io
import stat
import struct
import zipfile

import pytest

from zoo.serving.page import zip_files
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import UploadError
from zoo.serving.page.zip_files import Room

LIMITS = PageLimits(
    total_bytes=3000,
    file_bytes=2000,
    files=5,
    archive_small_bytes=500,
    archive_ratio=10,
)


def packed(path, members, change=None):
    """A zip file of members by name; `change` may spoil its bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members:
            archive.writestr(name, body)
    spoiled = bytearray(content.getvalue())
    if change is not None:
        change(spoiled)
    path.write_bytes(spoiled)
    return path


def unpack(archive, *, limits=LIMITS, bytes_left=3000, files_left=5):
    folder = archive.with_name("out")
    folder.mkdir()
    room = Room(bytes_left=bytes_left, files_left=files_left)
    return zip_files.unpack(archive, folder, limits, room, start=3), room


def noise(size):
    """Bytes that hardly pack."""
    return bytes((7 * n * n + n // 3) % 251 for n in range(size))


def test_files_are_named_by_numbers_and_counted(tmp_path):
    members = [("p/1.dcm", b"one"), ("p/", b""), ("p/.DS_Store", b"x"), ("p/2", b"two")]
    files, room = unpack(packed(tmp_path / "a.zip", members))
    assert [(name, path.name, path.read_bytes()) for name, path in files] == [
        ("p/1.dcm", "000003", b"one"),
        ("p/2", "000004", b"two"),
    ]
    assert (room.bytes_left, room.files_left) == (2994, 3)


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/x", "C:/x", "a\\..\\x", "a\x07b", "x" * 1025]
)
def test_a_name_that_leads_out(tmp_path, name):
    with pytest.raises(UploadError, match="none within a folder"):
        unpack(packed(tmp_path / "a.zip", [("b", b""), (name, b"")]))
    assert not [*(tmp_path / "out").iterdir()]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK])
def test_a_link_or_a_device(tmp_path, kind):
    link = zipfile.ZipInfo("x")
    link.external_attr = (kind | 0o777) << 16
    with pytest.raises(UploadError, match="a link or a device"):
        unpack(packed(tmp_path / "a.zip", [(link, "/etc/passwd")]))


def flag(body, flags=1):
    """Says of the member that it is encrypted."""
    struct.pack_into("<H", body, body.index(b"PK\x01\x02") + 8, flags)


def size(body, says=60):
    """Says another size of the member than what comes out."""
    struct.pack_into("<I", body, body.index(b"PK\x01\x02") + 24, says)


@pytest.mark.parametrize(
    ("members", "change", "words"),
    [
        ([("a", b"x")], flag, "without a password"),
        ([("a", noise(900))], size, "no zip file, or it is damaged"),
        ([("a", b"x")], lambda body: body.clear(), "no zip file"),
        ([("a", b"x"), ("a", b"y")], None, "the same name"),
        ([("a", noise(2100))], None, "a file is larger than"),
        ([("a", noise(1600)), ("b", noise(1600))], None, "altogether"),
        ([(f"{n}", b"") for n in range(6)], None, "more than 5 files"),
        ([("a", bytes(1900))], None, "times its size"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_refused(tmp_path, members, change, words):
    with pytest.raises(UploadError, match=words):
        unpack(packed(tmp_path / "a.zip", members, change))


def test_what_comes_out_counts_and_not_what_is_said(tmp_path, monkeypatch):
    """Whatever a decompressor gives beyond the directory's words is stopped."""
    archive = packed(tmp_path / "a.zip", [("a", noise(1500))])
    monkeypatch.setattr(zip_files, "_check_sizes", lambda *_: None)
    with pytest.raises(UploadError, match="altogether"):
        unpack(archive, bytes_left=1000)
