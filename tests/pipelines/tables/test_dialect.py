"""CSV as spreadsheet programs write it."""

import csv

import pytest

from pipelines.tables import dialect

ROWS = [["patient_id", "größe"], ["0017", "1.5"], ["0018", ""]]


def cells(text):
    return [cells for _, cells in dialect.rows(text, with_points=True)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    text = "patient_id,größe\n0017,1.5\n0018,\n"
    read, code_page = dialect.decoded(text.encode(encoding))
    assert cells(read) == ROWS
    assert bool(code_page) == (encoding == "cp1252")


def test_a_file_of_bytes_is_no_text():
    with pytest.raises(UnicodeDecodeError):
        dialect.decoded(b"PK\x03\x04\0\xff\xfe")


@pytest.mark.parametrize(
    "text",
    [
        "patient_id;größe\r\n0017;1,5\r\n0018;\r\n",
        "patient_id\tgröße\r\n0017\t1.5\r\n0018\t\r\n",
        "sep=;\r\npatient_id;größe\r\n0017;1,5\r\n0018;\r\n",
        "SEP=|\npatient_id|größe\n0017|1.5\n0018|\n",
    ],
    ids=["semicolons", "tabs", "sep=;", "sep=|"],
)
def test_separators_and_decimal_commas(text):
    assert cells(text) == ROWS


def test_between_tabs_a_comma_may_be_one_of_thousands():
    assert cells("a\tb\n1,234\t2\n")[1] == ["1,234", "2"]


def test_as_written_commas_stay():
    _, (_, row) = dialect.rows("a;b\n1,5;2\n", with_points=False)
    assert row == ["1,5", "2"]


def test_a_comma_in_words_stays():
    assert cells("a;b\n1,5 mm;x, y\n")[1] == ["1,5 mm", "x, y"]


def test_separators_in_quotes_do_not_count():
    assert cells('"a;b;c;d",e\n1,2\n') == [["a;b;c;d", "e"], ["1", "2"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id;dose, mg, a day\n1;2,5\n", [["id", "dose, mg, a day"], ["1", "2.5"]]),
        ("id,a;b;c\n1,x\n2,y\n", [["id", "a;b;c"], ["1", "x"], ["2", "y"]]),
        ("name, first;age\nLi, Na;5\n", [["name, first", "age"], ["Li, Na", "5"]]),
        (";;\na;b;\n1;2;\n", [["", "", ""], ["a", "b", ""], ["1", "2", ""]]),
        ("id\n1\n", [["id"], ["1"]]),
    ],
    ids=["commas in a title", "semicolons in a title", "both", "blank row", "one"],
)
def test_the_separator_is_what_all_rows_agree_on(text, expected):
    assert cells(text) == expected


def test_lines_are_those_of_the_file():
    assert [
        line for line, _ in dialect.rows('sep=,\na,b\n"1\n2",3\n', with_points=True)
    ] == [2, 4]


def test_damaged_utf_8_is_not_taken_for_another_encoding():
    content = "größe,Müller,Süd,x".encode()
    with pytest.raises(UnicodeDecodeError):
        dialect.decoded(content[:-1] + b"\xff")


def test_zero_bytes_are_no_text():
    with pytest.raises(csv.Error, match="zero bytes"):
        cells("a,b\n1\0,2\n")


def test_quotes_that_do_not_match():
    with pytest.raises(csv.Error):
        cells('a,b\n"1,2\n')
