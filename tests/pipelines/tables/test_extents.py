"""Sheets that would take more memory than there is, or that lie about their cells."""

import re
import struct
import zipfile
from pathlib import Path

import pytest

from pipelines.errors import DataError
from pipelines.tables import extents, table_file, xls_cells
from tests.pipelines.tables import xlsb
from tests.pipelines.tables.sheets import write_ods, write_xlsx

ROWS = [("patient_id", "label"), ("P001", "yes"), ("P002", "no")]
TABLES = Path(__file__).resolve().parents[2] / "fixtures" / "tables"
SHEET = "xl/worksheets/sheet1.xml"


def changed(path, name, pattern, put):
    """The same file with a part in which what matches `pattern` is replaced."""
    with zipfile.ZipFile(path) as file:
        parts = {one: file.read(one) for one in file.namelist()}
    text = re.sub(pattern, put, parts[name].decode(), count=1)
    assert text != parts[name].decode()
    with zipfile.ZipFile(path, "w") as file:
        for one, content in (parts | {name: text.encode()}).items():
            file.writestr(one, content)


@pytest.fixture
def xlsx(tmp_path):
    write_xlsx(tmp_path / "table.xlsx", {"a": ROWS})
    return tmp_path / "table.xlsx"


@pytest.fixture
def ods(tmp_path):
    write_ods(tmp_path / "table.ods", ROWS)
    return tmp_path / "table.ods"


@pytest.mark.parametrize("place", ["XFD1048576", "A99999999"])
def test_a_cell_at_the_end_of_the_sheet(xlsx, place):
    end = f'<row><c r="{place}"><v>1</v></c></row></sheetData>'
    changed(xlsx, SHEET, "</sheetData>", end)
    with pytest.raises(DataError, match="too many for a table. Delete what stands"):
        table_file.read(xlsx)


def test_a_format_at_the_end_of_the_sheet_is_no_cell(xlsx):
    end = '<row><c r="XFD1048576" s="1"/></row></sheetData>'
    changed(xlsx, SHEET, "</sheetData>", end)
    assert [row.cells for row in table_file.read(xlsx).rows] == ROWS[1:]


def test_a_cell_that_is_repeated_without_end(ods):
    repeated = '<table:table-cell table:number-columns-repeated="99999999" '
    changed(ods, "content.xml", "<table:table-cell ", repeated)
    with pytest.raises(DataError, match="as far as row 3 and column 100000000"):
        table_file.read(ods)


def test_rows_to_the_end_of_the_sheet_may_be_empty(ods):
    end = (
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    changed(ods, "content.xml", "</table:table>", end)
    assert [row.cells for row in table_file.read(ods).rows] == ROWS[1:]


@pytest.mark.parametrize(
    ("pattern", "put", "told"),
    [
        ("<c ", '<c r="A0B" ', "a cell stands at 'A0B'"),
        ("<row>", '<row r="9">', None),
        (
            "(<row>.*?</row>)(<row>)",
            r'\1<row r="1"><c r="A1"><v>1</v></c></row>\2',
            "cell",
        ),
        ('<c t="inlineStr">.*?</c>', '<c t="s"><v>1e9</v></c>', "text number"),
        ('<c t="inlineStr">.*?</c>', "<c><v>41/5</v></c>", "could not convert.*41/5"),
        ("</sheetData>", "", "mismatched tag"),
    ],
    ids=["place", "row", "twice", "text number", "number", "xml"],
)
def test_a_sheet_that_contradicts_itself(xlsx, pattern, put, told):
    changed(xlsx, SHEET, pattern, put)
    if told is None:
        assert len(table_file.read(xlsx).rows) == 2
        return
    with pytest.raises(
        DataError, match=rf"spreadsheet \({told}|spreadsheet \(.*{told}"
    ):
        table_file.read(xlsx)


def test_more_texts_than_memory_holds(xlsx):
    with zipfile.ZipFile(xlsx, "a") as file:
        file.writestr("xl/sharedStrings.xml", '<sst uniqueCount="2147483648"/>')
    with pytest.raises(DataError, match="too many for a table"):
        extents.check(xlsx)


@pytest.mark.parametrize("times", ["0", "-1"])
def test_a_row_that_is_repeated_no_times(ods, times):
    repeated = f'<table:table-row table:number-rows-repeated="{times}">'
    changed(ods, "content.xml", "<table:table-row>", repeated)
    with pytest.raises(DataError, match=f"rows are repeated {times} times"):
        table_file.read(ods)


def test_a_cell_of_no_type_that_there_is(ods):
    changed(ods, "content.xml", 'value-type="string"', 'value-type="strong"')
    with pytest.raises(DataError, match="a cell is of type 'strong'"):
        table_file.read(ods)


def test_a_workbook_that_is_missing(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(DataError, match="no item named 'xl/workbook.xml'"):
        table_file.read(tmp_path / "t.xlsx")


def end_of_sheet(kind, content):
    """A row at the end of a binary sheet with one cell in its last column."""
    row = xlsb.record(0, struct.pack("<IIHBBBI", 1048575, 0, 300, 0, 0, 0, 0))
    return row + xlsb.record(kind, struct.pack("<II", 16383, 0) + content)


def test_a_cell_at_the_end_of_a_binary_sheet(tmp_path):
    path = tmp_path / "table.xlsb"
    for kind, content in ((5, bytes(8)), (2, bytes(4)), (7, bytes(4)), (9, bytes(12))):
        xlsb.write_xlsb(path, ROWS, behind=end_of_sheet(kind, content))
        with pytest.raises(DataError, match="as far as row 1048576 and column 16384,"):
            table_file.read(path)


def test_a_format_at_the_end_of_a_binary_sheet_is_no_cell(tmp_path):
    path = tmp_path / "table.xlsb"
    xlsb.write_xlsb(path, ROWS, behind=end_of_sheet(1, b""))
    assert [row.cells for row in table_file.read(path).rows] == ROWS[1:]


def test_more_texts_of_a_binary_sheet_than_memory_holds(tmp_path):
    path = tmp_path / "table.xlsb"
    xlsb.write_xlsb(path, ROWS)
    with zipfile.ZipFile(path, "a") as file:
        stated = xlsb.record(159, struct.pack("<II", 5, 2147483647))
        file.writestr("xl/sharedStrings.bin", stated + xlsb.record(160))
    with pytest.raises(DataError, match="row 2147483647 and column 1, too many for"):
        table_file.read(path)


@pytest.mark.parametrize(
    ("rows", "columns", "told"),
    [
        (4294967295, 65535, "as far as row 4294967295 and column 65535, too many"),
        (65537, 256, "as far as row 65537 and column 256, too many for a table"),
        (65536, 256, None),
    ],
)
def test_what_an_old_sheet_states(tmp_path, rows, columns, told):
    content = (TABLES / "labels.xls").read_bytes()
    stated = struct.pack("<IIHHH", 0, 4, 0, 3, 0)
    assert content.count(stated) == 1
    path = tmp_path / "labels.xls"
    path.write_bytes(
        content.replace(stated, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    )
    if told is None:
        extents.check(path)  # all that Excel 97 has
        return
    with pytest.raises(DataError, match=told):
        table_file.read(path)


def test_a_sheet_of_excel_95_states_less(monkeypatch, tmp_path):
    stated = struct.pack("<2H5H", 0x0200, 10, 0, 65535, 0, 257, 0)
    monkeypatch.setattr(xls_cells.compound_file, "stream", lambda *_: stated)
    (tmp_path / "old.xls").write_bytes(xls_cells.compound_file.MARK)
    assert [*xls_cells.extents(tmp_path / "old.xls")] == [(65535, 257)]


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsb", ".ods"])
def test_few_bytes_that_many_are_packed_in(tmp_path, suffix, monkeypatch):
    path = tmp_path / f"table{suffix}"
    if suffix == ".ods":
        write_ods(path, ROWS)
    elif suffix == ".xlsb":
        xlsb.write_xlsb(path, ROWS)
    else:
        write_xlsx(path, {"a": ROWS})
    assert len(table_file.read(path).rows) == 2
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb.bin", bytes(3 << 20))
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(extents, "_MOST_BYTES", 3 << 20)
    with pytest.raises(DataError, match="is 3 MB unpacked, too much for a table"):
        table_file.read(path)
