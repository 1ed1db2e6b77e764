"""A binary workbook, its few records written by hand ([MS-XLSB])."""

import struct
import zipfile

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _number(value):
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80, high]) if high else bytes([low])


def record(kind, content=b""):
    return _number(kind) + _number(len(content)) + content


def _text(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _row(number, cells):
    parts = [record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))]
    for column, cell in enumerate(cells):
        head = struct.pack("<II", column, 0)
        if isinstance(cell, str):
            parts.append(record(6, head + _text(cell)))
        elif isinstance(cell, bytes):  # the code of an error
            parts.append(record(3, head + cell))
        else:
            parts.append(record(5, head + struct.pack("<d", cell)))
    return b"".join(parts)


def write_xlsb(path, rows, merged=(), behind=b""):
    """One sheet, `labels`: text, numbers, and errors as their byte.

    Args:
        behind: further records of the sheet's cells.
    """
    size = struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    sheet = [record(129), record(148, size), record(145)]
    sheet += [_row(number, cells) for number, cells in enumerate(rows)]
    sheet += [behind, record(146)]
    sheet += [record(176, struct.pack("<4I", *cells)) for cells in merged]
    sheet.append(record(130))
    bundle = struct.pack("<II", 0, 1) + _text("r1") + _text("labels")
    book = [record(131), record(143), record(156, bundle), record(144)]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/>'
            "</Relationships>",
        )
        file.writestr("xl/workbook.bin", b"".join([*book, record(132)]))
        file.writestr("xl/worksheets/sheet1.bin", b"".join(sheet))
