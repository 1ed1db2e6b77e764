import pytest

from pipelines.errors import DataError
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvRow


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


def test_parses_header_rows_and_the_lines_they_end_at():
    table = csv_files.parse('a,b\n1,"two\nlines"\n\n3,4\n', name="x.csv")
    assert table.header == ("a", "b")
    assert table.rows == (
        CsvRow(line=3, cells=("1", "two\nlines")),
        CsvRow(line=5, cells=("3", "4")),
    )


def test_an_empty_text_has_no_header_and_no_rows():
    table = csv_files.parse("", name="x.csv")
    assert (table.header, table.rows) == ((), ())


def test_cells_are_kept_as_they_are():
    table = csv_files.parse(" a ,b\r\n 1,2\r\n", name="x.csv")
    assert (table.header, table.rows[0].cells) == ((" a ", "b"), (" 1", "2"))


@pytest.mark.parametrize("text", ['a,b\n1,"2\n', 'a,b\n"1"x,2\n'])
def test_what_is_no_csv_says_how_to_save_it(text):
    message = "table.csv can't be read as comma-separated.*'CSV UTF-8'"
    with pytest.raises(DataError, match=message):
        csv_files.parse(text, name="table.csv")


def test_a_text_is_named_in_its_error():
    with pytest.raises(DataError, match="manifest.csv can't be read as"):
        csv_files.parse('a\n"', name="manifest.csv")


def test_text_quotes_what_needs_it_and_ends_lines_with_a_line_feed():
    text = csv_files.to_text(("a", "b"), [(1, None), ('x"y', "p,q"), (0.1 + 0.2, "")])
    assert text == 'a,b\n1,\n"x""y","p,q"\n0.30000000000000004,\n'


def test_written_rows_read_back(path):
    rows = [("1", "two\r\nlines"), ("ü", ' "3" ')]
    csv_files.write(path, ("a", "b"), rows)
    with path.open(encoding="utf-8", newline="") as file:
        assert [row.cells for row in csv_files.parse(file.read(), name=path).rows] == (
            rows
        )
    assert list(path.parent.iterdir()) == [path]


def test_files_for_people_begin_with_the_mark_that_excel_wants(path):
    csv_files.write_for_people(path, ("größe",), [("张三",)])
    assert path.read_bytes() == b"\xef\xbb\xbf" + "größe\n张三\n".encode()
