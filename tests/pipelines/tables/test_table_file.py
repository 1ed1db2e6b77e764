"""Tables of people, whatever they were saved as."""

import unicodedata

import pytest

from pipelines.errors import DataError
from pipelines.storage.csv_files import CsvRow, CsvTable
from pipelines.tables import spreadsheet, table_file
from tests.pipelines.tables.sheets import ERROR, FORMULA, write_ods, write_xlsx

HEADER = ("patient_id", "größe")


def written(tmp_path, text, name="labels.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def rows(table):
    return [row.cells for row in table.rows]


def test_cells_of_excel_are_what_a_person_typed(tmp_path):
    path = tmp_path / "labels.xlsx"
    lines = [HEADER, ("0017", 2), (17, 1.5), (1234567890123456, True), (None, None)]
    write_xlsx(path, {"Tabelle1": lines})
    table = table_file.read(path)
    assert table.header == HEADER
    expected = [("0017", "2"), ("17", "1.5"), ("1234567890123456", "true")]
    assert rows(table) == expected
    assert [row.line for row in table.rows] == [2, 3, 4]


def test_libreoffice(tmp_path):
    path = tmp_path / "labels.ods"
    write_ods(path, [HEADER, ("0017", "张三")])
    table = table_file.read(path)
    assert (table.header, rows(table)) == (HEADER, [("0017", "张三")])


def test_one_of_several_sheets_is_named(tmp_path):
    path = tmp_path / "labels.xlsx"
    write_xlsx(path, {"a": [("x",), ("1",)], "b": [("y",), ("2",)], "empty": []})
    with pytest.raises(DataError, match="several sheets with cells: a, b. Name one"):
        table_file.read(path)
    assert rows(table_file.read(f"{path}#b")) == [("2",)]
    with pytest.raises(DataError, match="no sheet named 'c'. Received: a, b, empty"):
        table_file.read(f"{path}#c")


@pytest.mark.parametrize(
    ("cell", "told"),
    [(ERROR, r"B2 \(#N/A\)"), (FORMULA, r"B3 \(a formula without a value\)")],
    ids=["error", "formula"],
)
@pytest.mark.parametrize("named", ["", "#a"])
def test_what_went_wrong_is_not_empty(tmp_path, cell, told, named):
    path = tmp_path / "labels.xlsx"
    write_xlsx(path, {"a": [("id", "x"), ("1", cell)]})
    with pytest.raises(DataError, match=f"sheet a, has 1 cells without a .*{told}"):
        table_file.read(f"{path}{named}")


def test_a_workbook_of_unknown_parts(tmp_path, monkeypatch):
    path = tmp_path / "labels.xlsx"
    write_xlsx(path, {"a": [("id",), ("1",)]})

    def lacks(path, sheet):
        raise KeyError(sheet)

    monkeypatch.setattr(spreadsheet.xlsx_cells, "without_value", lacks)
    with pytest.raises(
        DataError, match="can't be read as a spreadsheet .*Save it anew"
    ):
        table_file.read(path)


def test_errors_on_another_sheet_are_nobodys(tmp_path):
    path = tmp_path / "labels.xlsx"
    write_xlsx(path, {"a": [("id",), ("1",)], "b": [(ERROR,)]})
    assert rows(table_file.read(f"{path}#a")) == [("1",)]


def test_what_is_no_spreadsheet(tmp_path):
    path = written(tmp_path, "a,b\n", "labels.xlsx")
    with pytest.raises(DataError, match="can't be read as a spreadsheet"):
        table_file.read(path)
    with pytest.raises(DataError, match="none.xlsx can't be read: No such file"):
        table_file.read(tmp_path / "none.xlsx")
    with pytest.raises(DataError, match=r"none.csv can't be read: No such file"):
        table_file.read(tmp_path / "none.csv")
    with pytest.raises(DataError, match="save it as .xlsx or as 'CSV UTF-8'"):
        table_file.read(written(tmp_path, 'a,b\n"1,2\n'))


def test_empty_rows_and_columns_at_the_end_are_no_cells(tmp_path):
    path = written(tmp_path, "\n,,\na,b,,\n1,2,,\n3,,,\n,,,\n")
    table = table_file.read(path)
    assert (table.header, rows(table)) == (("a", "b"), [("1", "2"), ("3", "")])


def test_a_surplus_cell_stays_one(tmp_path):
    assert rows(table_file.read(written(tmp_path, "a,b\n1,2,3\n"))) == [("1", "2", "3")]


def test_an_empty_file(tmp_path):
    assert table_file.read(written(tmp_path, "")) == CsvTable(header=(), rows=())


def test_both_forms_of_a_letter_are_one(tmp_path):
    apart = unicodedata.normalize("NFD", "größe,é\nü,ñ\n")
    table = table_file.read(written(tmp_path, apart))
    assert (table.header, rows(table)) == (("größe", "é"), [("ü", "ñ")])


@pytest.mark.parametrize("cell", ['"=""0017"""', "'0017", " 0017 "])
def test_cells_that_were_told_to_stay_text(tmp_path, cell):
    assert rows(table_file.read(written(tmp_path, f"a,b\n{cell},x\n"))) == [
        ("0017", "x")
    ]


def test_titles_as_people_write_them():
    table = CsvTable(header=("Patient-ID", "T Stage", "other"), rows=())
    named = table_file.with_names(table, ("patient_id", "t_stage"))
    assert named.header == ("patient_id", "t_stage", "other")


def test_titles_that_two_would_be_stay():
    table = CsvTable(header=("Stage", "STAGE"), rows=())
    assert table_file.with_names(table, ("stage",)).header == ("Stage", "STAGE")
    both = CsvTable(header=("stage", "Stage"), rows=())
    assert table_file.with_names(both, ("stage",)).header == ("stage", "Stage")


def test_a_title_that_is_near_is_named():
    assert table_file.meant("stage", ("Stages", "x")) == (
        " (for stage: did you mean 'Stages'?)"
    )
    assert table_file.meant("stage", ("fibrosis",)) == ""


@pytest.mark.parametrize("name", ["1.23457E+15", "1,23457e+15", "1E+15"])
def test_rounded_ids_are_named(name):
    with pytest.raises(DataError, match="1 ids in patient_id that a spreadsheet"):
        table_file.check_ids("labels.csv", "patient_id", ["0017", name])
    table_file.check_ids("labels.csv", "patient_id", ["0017", "E15", "1E15"])


def test_ids_without_their_zeros_are_found():
    assert table_file.spoiled("0017", ["18", "17"]) == "17"
    assert table_file.spoiled("0017", ["18", "x17"]) is None
    assert table_file.spoiled("A17", ["17"]) is None
    assert table_file.spoiled("000", ["0"]) == "0"


def test_ids_that_kept_15_digits_are_found():
    whole, rounded = "1234567890123456", "1234567890123450"
    assert table_file.spoiled(whole, ["12", rounded]) == rounded
    assert table_file.spoiled(whole, ["1234567890123400"]) is None


@pytest.mark.parametrize("cell", ["'0017", "e\u0301", '="12"'])
def test_as_written_nothing_changes_but_space(tmp_path, cell):
    path = written(tmp_path, f"a;b\n {cell} ;1,5\n")
    table = table_file.read(path, as_written=True, with_points=False)
    assert rows(table) == [(cell, "1,5")]
    assert rows(table_file.read(path, as_written=True)) == [(cell, "1.5")]


def test_numbers():
    assert table_file.number("1.5") == 1.5
    for cell in ("1_5", "1,5", ""):
        with pytest.raises(ValueError):
            table_file.number(cell)


def test_lines_are_told(tmp_path):
    table = table_file.read(written(tmp_path, "sep=;\na;b\n\n1;2\n"))
    assert table.rows == (CsvRow(line=4, cells=("1", "2")),)


def test_a_code_page_is_told(tmp_path, capsys):
    path = tmp_path / "labels.csv"
    path.write_bytes("id,größe\n1,Müller\n".encode("cp1252"))
    assert rows(table_file.read(path)) == [("1", "Müller")]
    told = capsys.readouterr().err
    assert "labels.csv is no UTF-8 and was read as Windows-1252, of Western" in told
    assert (
        "instance 'größe'. If that is wrong, name its code page, as in labels" in told
    )
    assert "Müller" not in told
    table_file.read(written(tmp_path, "id,größe\n1,Müller\n"))
    assert capsys.readouterr().err == ""


def test_a_code_page_may_be_named(tmp_path, capsys):
    path = tmp_path / "labels.csv"
    path.write_bytes("id,x\n1,střední\n2,měření\n".encode("cp1250"))
    named = table_file.read(f"{path}#cp1250")
    assert [row.cells for row in named.rows] == [("1", "střední"), ("2", "měření")]
    assert capsys.readouterr().err == ""
    assert table_file.split_sheet(f"{path}#cp1250") == (path, "cp1250")
    with pytest.raises(DataError, match="see line 2.*page, as in labels.csv#cp1250"):
        table_file.read(path)
    with pytest.raises(DataError, match="there is no code page 'cp125'"):
        table_file.read(f"{path}#cp125")
    whole = tmp_path / "labels.csv#cp1250"
    whole.write_text("id,x\n", encoding="utf-8")
    assert table_file.split_sheet(whole) == (whole, "")


def test_the_examples_show_each_letter_and_no_name(tmp_path, capsys):
    path = tmp_path / "x.csv"
    lines = ["id,name,x", "1,Müller,größer", "2,Müller,größer", "3,Jörg,üblich"]
    path.write_bytes("\n".join([*lines, "4,Jörg,üblich", "5,Äri,É"]).encode("cp1252"))
    table_file.read(path)
    told = capsys.readouterr().err
    assert "Europe: for instance 'größer', 'üblich'. If that is wrong" in told
    path.write_bytes("id,name,x\n1,Ann,a\n2,Jörg,b\n".encode("cp1252"))
    table_file.read(path)
    assert "Europe: see line 3. If that is wrong" in capsys.readouterr().err
