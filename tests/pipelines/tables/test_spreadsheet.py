"""What is wrong in a sheet stops, whatever program wrote it."""

import shutil
from pathlib import Path

import pytest

import tests.fixtures
from pipelines.errors import DataError
from pipelines.tables import compound_file, spreadsheet, xls_cells, xlsb_cells
from pipelines.tables.places import place
from tests.pipelines.tables.sheets import write_xlsx
from tests.pipelines.tables.xlsb import write_xlsb

TABLES = Path(tests.fixtures.__file__).parent / "tables"
ROWS = [
    ["patient_id", "größe", "date"],
    ["0017", "张三", "2024-03-12"],
    ["18", "true", "2024-03-13"],
    ["19", "1.5", "2024-03-14"],
]


def cells(path, sheet=""):
    return [cells for _, cells in spreadsheet.rows(path, sheet)]


def test_excel_97():
    assert cells(TABLES / "labels.xls") == ROWS
    assert cells(TABLES / "labels.xls", "labels") == ROWS


def test_binary_excel(tmp_path):
    path = tmp_path / "labels.xlsb"
    write_xlsb(path, [("id", "größe"), ("0017", 1.5), (18.0, "张三")])
    assert cells(path) == [["id", "größe"], ["0017", "1.5"], ["18", "张三"]]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("error.xls", r"has 1 cells without a value: B5 \(#N/A\)"),
        (
            "error.ods",
            r"has 4 cells .*: B2 \(#N/A\), B3 \(#DIV/0!\), B4 \(Err:502\), "
            r"D5 \(a formula without a value\)\. Mend",
        ),
    ],
)
def test_errors_are_not_empty_cells(name, told):
    with pytest.raises(DataError, match=f"sheet labels, {told}"):
        spreadsheet.rows(TABLES / name)


def test_errors_of_binary_excel(tmp_path):
    path = tmp_path / "labels.xlsb"
    rows = [("id", "a"), *[("x", 1.0)] * 200, ("y", b"\x2a"), ("z", b"\x07")]
    write_xlsb(path, rows)
    with pytest.raises(DataError, match=r"2 cells .*: B202 \(#N/A\), B203 \(#DIV/0!\)"):
        spreadsheet.rows(path)


def test_a_formula_of_excel_97_that_gave_an_error_or_nothing(tmp_path, monkeypatch):
    def record(kind, content):
        return kind.to_bytes(2, "little") + len(content).to_bytes(2, "little") + content

    def formula(row, result):
        at = row.to_bytes(2, "little") + b"\x01\0\0\0"
        return record(0x0006, at + result + b"\xff\xff" + bytes(8))

    begin, end = record(0x0809, bytes(16)), record(0x000A, b"")
    sheet = record(0x0085, (16 + 4 + 20 + 4 + 2).to_bytes(4, "little") + bytes(12))
    book = begin + sheet + end
    start = len(book)
    book = book.replace(sheet, record(0x0085, start.to_bytes(4, "little") + bytes(12)))
    book += begin + formula(1, b"\x02\0\x07\0\0\0") + formula(2, bytes(6))
    book += formula(3, bytes(6)) + record(0x0207, b"\0\0\0")  # ="", as computed
    book += formula(4, b"\x03\0\0\0\0\0") + end
    monkeypatch.setattr(xls_cells.compound_file, "stream", lambda *_: book)
    path = tmp_path / "labels.xls"
    path.write_bytes(b"")
    assert xls_cells.without_value(path, 0) == [
        "B2 (#DIV/0!)",
        "B3 (a formula without a value)",
    ]
    with pytest.raises(KeyError, match="sheet 2"):
        xls_cells.without_value(path, 1)


@pytest.mark.parametrize(
    ("name", "told"), [("merged.xls", "B5:B6"), ("merged.ods", "B2:B3")]
)
def test_merged_cells_are_no_empty_ones(name, told):
    with pytest.raises(DataError, match=f"1 merged cells: {told}. .*Unmerge them"):
        spreadsheet.rows(TABLES / name)


def test_merged_cells_of_excel(tmp_path):
    rows = [("id", "x"), ("1", "yes"), ("2", None), ("3", None), ("4", None)]
    path = tmp_path / "labels.xlsx"
    write_xlsx(path, {"a": rows}, merged=("B2:B3", "B4:B5"))
    with pytest.raises(DataError, match="has 1 merged cells: B2:B3"):
        spreadsheet.rows(path)
    path = tmp_path / "labels.xlsb"
    write_xlsb(path, [("id", "x"), ("1", "yes")], merged=[(1, 2, 1, 1)])
    with pytest.raises(DataError, match="has 1 merged cells: B2:B3"):
        spreadsheet.rows(path)


def test_a_hidden_sheet_counts_where_it_is_named(tmp_path):
    path = tmp_path / "labels.xlsx"
    sheets = {"a": [("x",)], "choices": [("y",)]}
    write_xlsx(path, sheets, hidden=("choices",))
    assert cells(path) == [["x"]]
    assert cells(path, "choices") == [["y"]]
    write_xlsx(path, sheets, hidden=("a", "choices"))
    with pytest.raises(DataError, match="cells in hidden sheets alone: a, choices"):
        spreadsheet.rows(path)


def test_places_are_those_of_the_program():
    found = [place(0, 0), place(6, 25), place(9, 26), place(0, 701), place(0, 702)]
    assert found == ["A1", "Z7", "AA10", "ZZ1", "AAA1"]


def test_other_files_are_no_compound_files():
    with pytest.raises(ValueError, match="is no compound file"):
        compound_file.stream(b"PK", "Workbook")
    content = (TABLES / "labels.xls").read_bytes()
    with pytest.raises(KeyError, match="Other"):
        compound_file.stream(content, "Other")
    with pytest.raises(ValueError, match="is a damaged compound file"):
        compound_file.stream(content[:600], "Workbook")
    table = 512 * (1 + int.from_bytes(content[76:80], "little"))
    circle = content[:table] + bytes(512) + content[table + 512 :]
    with pytest.raises(ValueError, match="is a damaged compound file"):
        compound_file.stream(circle, "Workbook")


def test_a_sheet_that_is_not_there(tmp_path):
    path = tmp_path / "labels.xlsb"
    write_xlsb(path, [("id",), ("1",)])
    with pytest.raises(KeyError, match="sheet 3"):
        xlsb_cells.without_value(path, 2)
    with pytest.raises(KeyError, match="other"):
        spreadsheet.ods_cells.without_value(TABLES / "error.ods", "other")


def test_what_only_one_reader_takes_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "labels.xls"
    shutil.copy(TABLES / "labels.xls", path)

    def damaged(path, number):
        raise ValueError("it is damaged")

    monkeypatch.setattr(spreadsheet.xls_cells, "without_value", damaged)
    with pytest.raises(DataError, match=r"as a spreadsheet \(it is damaged\). Save it"):
        spreadsheet.rows(path)


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsb"])
def test_a_damaged_part_is_found_before_it_is_believed(tmp_path, suffix):
    path = tmp_path / f"labels{suffix}"
    if suffix == ".xlsx":
        write_xlsx(path, {"a": [("id",), ("zahl",)]})
    else:
        write_xlsb(path, [("id",), ("zahl",)])
    content = path.read_bytes()
    wide = "utf-8" if suffix == ".xlsx" else "utf-16-le"
    path.write_bytes(content.replace("zahl".encode(wide), "zehl".encode(wide)))
    with pytest.raises(DataError, match=r"sheet1.\w+ is damaged\)\. Save it anew"):
        spreadsheet.rows(path)


def test_a_cell_beyond_the_columns_of_excel_97(tmp_path):
    content = (TABLES / "labels.xls").read_bytes()
    cell = b"\xfd\x00\x0a\x00\x01\x00\x01\x00"  # of a text, B2
    assert cell in content
    path = tmp_path / "labels.xls"
    path.write_bytes(content.replace(cell, cell[:-1] + b"\x7f"))
    with pytest.raises(DataError, match="it is damaged: a cell in column 32514"):
        spreadsheet.rows(path)


def test_what_the_library_stumbles_over_is_refused(monkeypatch):
    class PanicException(BaseException):
        """As Rust's, which are no exceptions of Python."""

    def stumbles(path):
        raise PanicException("range end")

    monkeypatch.setattr(spreadsheet, "_check_whole", stumbles)
    with pytest.raises(DataError, match=r"as a spreadsheet \(range end\)"):
        spreadsheet.rows(TABLES / "labels.xls")


def test_an_interruption_is_no_damage(monkeypatch):
    def interrupted(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(spreadsheet, "_check_whole", interrupted)
    with pytest.raises(KeyboardInterrupt):
        spreadsheet.rows(TABLES / "labels.xls")
