"""A stream of a compound file, the file system inside of `.xls` ([MS-CFB])."""

import struct
from collections.abc import Iterator, Sequence

MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES, _ENTRY_BYTES, _SMALL_BYTES = 512, 128, 64
_LAST = 0xFFFFFFFA  # numbers from here on are no sectors
_ROOT = "Root Entry"


def stream(content: bytes, *names: str) -> bytes:
    """The bytes of the first stream that there is of some names.

    Raises:
        KeyError: there is none.
        ValueError: it is no compound file, or a damaged one.
    """
    if content[:8] != MARK:
        raise ValueError("it is no compound file")
    try:
        return _stream(content, names)
    except (struct.error, IndexError) as error:
        raise ValueError(f"it is a damaged compound file: {error}") from error


def _stream(content: bytes, names: Sequence[str]) -> bytes:
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    directory, _, least, small_table = struct.unpack_from("<4I", content, 48)
    table = _table(content, size)
    entries = _entries(_joined(content, table, directory, size, skip=size))
    name = next((name for name in names if name in entries), None)
    if name is None:
        raise KeyError(names[0])
    start, length = entries[name]
    if length >= least:
        return _joined(content, table, start, size, skip=size)[:length]
    container = _joined(content, table, entries[_ROOT][0], size, skip=size)
    numbers = _numbers(_joined(content, table, small_table, size, skip=size))
    return _joined(container, numbers, start, _SMALL_BYTES, skip=0)[:length]


def _table(content: bytes, size: int) -> list[int]:
    """The sector that follows each sector."""
    sectors = list(_numbers(content[76:_HEADER_BYTES]))
    further, count = struct.unpack_from("<2I", content, 68)
    for _ in range(count):
        if further >= _LAST:
            break
        at = (further + 1) * size
        *more, further = _numbers(content[at : at + size])
        sectors += more
    used = [sector for sector in sectors if sector < _LAST]
    return [
        number
        for sector in used
        for number in _numbers(content[(sector + 1) * size : (sector + 2) * size])
    ]


def _joined(
    content: bytes, table: Sequence[int], start: int, size: int, *, skip: int
) -> bytes:
    """The sectors of a chain, one after the other."""
    parts = (
        content[skip + sector * size : skip + (sector + 1) * size]
        for sector in _chain(table, start)
    )
    return b"".join(parts)


def _chain(table: Sequence[int], sector: int) -> Iterator[int]:
    for _ in table:
        if sector >= _LAST:
            return
        yield sector
        sector = table[sector]
    if sector < _LAST:
        raise ValueError("it is a damaged compound file: a chain without an end")


def _entries(directory: bytes) -> dict[str, tuple[int, int]]:
    """First sector and length of each stream by name."""
    entries = {}
    for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        name = directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        entries.setdefault(name, struct.unpack_from("<2I", directory, at + 116))
    return entries


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])
