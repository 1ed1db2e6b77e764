import pytest

from pipelines.errors import DataError
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvRow


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


def test_reads_header_rows_and_the_lines_they_end_at(path):
    path.write_bytes(b'a,b\n1,"two\nlines"\n\n3,4\n')
    table = csv_files.read(path)
    assert table.header == ("a", "b")
    assert table.rows == (
        CsvRow(line=3, cells=("1", "two\nlines")),
        CsvRow(line=5, cells=("3", "4")),
    )


def test_a_byte_order_mark_and_line_ends_of_windows(path):
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    table = csv_files.read(path)
    assert (table.header, table.rows[0].cells) == (("a", "b"), ("1", "2"))


def test_an_empty_file_has_no_header_and_no_rows(path):
    path.write_bytes(b"")
    table = csv_files.read(path)
    assert (table.header, table.rows) == ((), ())


def test_cells_are_kept_as_they_are_until_stripped(path):
    path.write_bytes(b" a ,b\n 1,2\n , \n,\n5,\n")
    table = csv_files.read(path)
    assert [row.cells for row in table.rows] == [
        (" 1", "2"),
        (" ", " "),
        ("", ""),
        ("5", ""),
    ]
    stripped = table.stripped()
    assert stripped.header == ("a", "b")
    assert stripped.rows == (
        CsvRow(line=2, cells=("1", "2")),
        CsvRow(line=5, cells=("5", "")),
    )


def test_blank_rows_above_the_header_are_stripped_too(path):
    path.write_bytes(b" ,\na,b\n1,2\n")
    stripped = csv_files.read(path).stripped()
    assert stripped.header == ("a", "b")
    assert stripped.rows == (CsvRow(line=3, cells=("1", "2")),)


@pytest.mark.parametrize(
    "content", [b'a,b\n1,"2\n', b'a,b\n"1"x,2\n', b"a,b\n\xff,2\n"]
)
def test_what_is_no_csv_says_how_to_save_it(path, content):
    path.write_bytes(content)
    with pytest.raises(
        DataError, match="table.csv can't be read as comma-separated.*'CSV UTF-8'"
    ):
        csv_files.read(path)


def test_a_file_that_is_not_there(path):
    with pytest.raises(DataError, match="table.csv can't be read: No such file"):
        csv_files.read(path)


def test_a_text_is_named_in_its_error():
    with pytest.raises(DataError, match="manifest.csv can't be read as"):
        csv_files.parse('a\n"', name="manifest.csv")


def test_text_quotes_what_needs_it_and_ends_lines_with_a_line_feed():
    text = csv_files.to_text(("a", "b"), [(1, None), ('x"y', "p,q"), (0.1 + 0.2, "")])
    assert text == 'a,b\n1,\n"x""y","p,q"\n0.30000000000000004,\n'


def test_written_rows_read_back(path):
    rows = [("1", "two\r\nlines"), ("ü", ' "3" ')]
    csv_files.write(path, ("a", "b"), rows)
    assert [row.cells for row in csv_files.read(path).rows] == rows
    assert list(path.parent.iterdir()) == [path]
