"""A zip archive unpacked within bounds, every name looked at before a byte of it."""

import stat
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.ingestion.study_fault import NO_ROOM
from zoo.serving.page import file_names
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import UploadError

_BLOCK = 2**20
_ENCRYPTED = 0x1  # of a member's flags
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,  # a member that says it begins before the archive
    NotImplementedError,  # a compression that Python has not
    RuntimeError,
)


@dataclass(kw_only=True)
class Room:
    """What may still be unpacked of one upload, counted down.

    Args:
        bytes_left: of all files together.
        files_left: how many.
    """

    bytes_left: int
    files_left: int


def unpack(
    archive: Path, folder: Path, limits: PageLimits, room: Room, *, start: int
) -> list[tuple[str, Path]]:
    """Unpacks the files of an archive, named by numbers whatever they are called.

    Args:
        folder: that takes them.
        room: of the whole upload; what is unpacked is taken from it.
        start: the first number.

    Returns:
        The name in the archive and the path of each file.

    Raises:
        UploadError: no zip archive, a damaged or encrypted one, a name that leads out
            of it, a link, or more than the bounds allow, by what the archive says or
            by what comes out of it.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _checked(opened, archive.stat().st_size, limits, room)
            unpacked = []
            for number, member in enumerate(members, start):
                path = folder / f"{number:06d}"
                _write(opened, member, path, limits, room)
                unpacked.append((member.filename, path))
            return unpacked
    except _BROKEN as error:
        if getattr(error, "errno", None) in NO_ROOM:
            raise
        raise UploadError(
            "broken_archive",
            "the archive is no zip file, or it is damaged or packed in a way that is "
            "not read here. Pack the folder anew as a plain zip file",
        ) from error


def _checked(
    opened: zipfile.ZipFile, packed_bytes: int, limits: PageLimits, room: Room
) -> list[zipfile.ZipInfo]:
    """The members that are files, once all that the archive says of itself is bounded.

    Raises:
        UploadError: as `unpack`.
    """
    members = []
    for member in opened.infolist():
        file_names.check(member.orig_filename)
        mode = member.external_attr >> 16
        if stat.S_ISLNK(mode) or (mode and stat.S_IFMT(mode) not in _ORDINARY):
            raise UploadError(
                "link_in_archive",
                "the archive holds a link or a device, which is not followed. Pack "
                "plain files and folders alone",
            )
        if member.flag_bits & _ENCRYPTED:
            raise UploadError(
                "encrypted_archive",
                "the archive is encrypted. Pack it without a password",
            )
        if not member.is_dir() and not file_names.is_clutter(member.filename):
            members.append(member)
    file_names.check_different([member.filename for member in members])
    _check_sizes(members, packed_bytes, limits, room)
    return members


_ORDINARY = (0, stat.S_IFREG, stat.S_IFDIR)


def _check_sizes(
    members: Sequence[zipfile.ZipInfo],
    packed_bytes: int,
    limits: PageLimits,
    room: Room,
) -> None:
    if len(members) > room.files_left:
        raise too_many_files(limits)
    total = sum(member.file_size for member in members)
    if total > room.bytes_left:
        raise too_much(limits)
    if any(member.file_size > limits.file_bytes for member in members):
        raise file_too_large(limits)
    ratio = total / max(packed_bytes, 1)
    if total > limits.archive_small_bytes and ratio > limits.archive_ratio:
        raise UploadError(
            "archive_ratio",
            f"the archive says that it unpacks to {ratio:.0f} times its size, and "
            f"images don't: {limits.archive_ratio} times is the most. Drop the folder "
            "itself",
            status=413,
        )


def _write(
    opened: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    path: Path,
    limits: PageLimits,
    room: Room,
) -> None:
    """Writes one member, and counts what really comes out of it."""
    room.files_left -= 1
    with opened.open(member) as packed, path.open("wb") as file:
        copy(packed, file, limits, room)


def copy(packed: BinaryIO, file: BinaryIO, limits: PageLimits, room: Room) -> None:
    """Copies what comes out of an archive, counted whatever that says of itself.

    Raises:
        UploadError: more comes than may.
    """
    written = 0
    while block := packed.read(_BLOCK):
        written += len(block)
        room.bytes_left -= len(block)
        if written > limits.file_bytes:
            raise file_too_large(limits)
        if room.bytes_left < 0:
            raise too_much(limits)
        file.write(block)


def too_many_files(limits: PageLimits) -> UploadError:
    """The refusal of more files than may come."""
    return UploadError(
        "too_many_files",
        f"more than {limits.files} files. Drop one study at a time",
        status=413,
    )


def too_much(limits: PageLimits) -> UploadError:
    """The refusal of more bytes than may come."""
    return UploadError(
        "too_large",
        f"more than {limits.total_bytes // 2**20} MiB altogether. Drop one study at a "
        "time, or its wanted series alone",
        status=413,
    )


def file_too_large(limits: PageLimits) -> UploadError:
    """The refusal of a file that is too large by itself."""
    return UploadError(
        "file_too_large",
        f"a file is larger than {limits.file_bytes // 2**20} MiB. Drop the images "
        "alone",
        status=413,
    )
