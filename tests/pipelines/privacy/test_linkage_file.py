"""What a linkage file loses in a spreadsheet program is noticed."""

import csv
import re

import pytest

from pipelines.errors import DataError
from pipelines.privacy import linkage_file
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.linkage_file import read
from pipelines.privacy.original_ids import unguarded
from pipelines.privacy.privacy import load_key, pseudonym

IDS = {
    ("patient", "0012345"),
    ("patient", "1.10"),
    ("study", "1.2.840.99.1"),
    ("sample", "1.2.840.99.1#T1"),
    ("site", "Städtische Klinik, Main Street 1"),
}
CURE = "Restore a backup of the file, or move it away and ingest every cohort again"


@pytest.fixture
def path(tmp_path):
    """A linkage file beside its key."""
    key = load_key(tmp_path / "project.key")
    linkage = Linkage.beside(tmp_path / "project.key")
    for kind, source_id in IDS:
        linkage.add(kind, pseudonym(key, kind, source_id), source_id)
    return linkage.save()


def ids(path):
    return {(link.kind, link.source_id) for link in read(path).values()}


def edit(path, before, after):
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, after, 1), encoding="utf-8")


def old(path):
    """The file as versions of before wrote it."""
    path.write_text(
        re.sub(",p([0-9a-f]{16},)", r",\1", path.read_text(encoding="utf-8")),
        encoding="utf-8",
    )


def test_a_file_that_is_whole(path):
    names = read(path)
    assert ids(path) == IDS
    old(path)
    assert read(path) == names


def byte_order_mark(content):
    return "\ufeff" + content


def line_ends(content):
    return content.replace("\n", "\r\n")


def blank_rows(content):
    return content + ",,\n\n"


def quotes(content):
    header, *lines = content.splitlines()
    cells = [line.split(",", 2) for line in lines]
    quoted = [f'"{kind}","{name}",{source_id}' for kind, name, source_id in cells]
    return "\n".join([header, *quoted])


def columns_in_another_order(content):
    swapped = [",".join(reversed(li.split(",", 2)[:2])) for li in content.splitlines()]
    rest = [line.split(",", 2)[2] for line in content.splitlines()]
    return "\n".join(f"{two},{third}" for two, third in zip(swapped, rest)) + "\n"


@pytest.mark.parametrize(
    "harmless",
    [byte_order_mark, line_ends, blank_rows, quotes, columns_in_another_order],
)
def test_what_changes_no_id_is_read(path, harmless):
    content = path.read_text(encoding="utf-8")
    path.write_text(harmless(content), newline="", encoding="utf-8")
    assert ids(path) == IDS
    Linkage(path).save()
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("0012345", "12346"),
        ("1.10", "1.2"),
        ("1.10", "01. Okt"),
        ("Städtische", "St?dtische"),
        ("site,", "study,"),
    ],
)
def test_an_id_that_was_changed(path, before, after):
    edit(path, before, after)
    with pytest.raises(DataError, match=r"csv, line \d: p\w+ is no pseudonym of"):
        read(path)
    old(path)
    with pytest.raises(DataError, match=f"under any key in this .* {CURE}"):
        read(path)


@pytest.mark.parametrize(("before", "after"), [("0012345", "12345"), ("1.10", "1.1")])
def test_zeros_that_were_lost_are_put_back(path, before, after):
    content = path.read_text(encoding="utf-8")
    edit(path, before, after)
    assert ids(path) == IDS
    Linkage(path).save()
    assert path.read_text(encoding="utf-8") == content


def test_without_the_key_nothing_is_put_back(path):
    (path.parent / "project.key").unlink()
    edit(path, "0012345", "12345")
    assert ("patient", "12345") in ids(path)


def test_a_changed_id_is_not_told(path):
    edit(path, "0012345", "12346")
    with pytest.raises(DataError) as told:
        Linkage(path).save()
    assert "12346" not in str(told.value).partition(":")[2]


@pytest.mark.parametrize(
    "name",
    ["1.23457E+15", "1,23457E+15", "1234567890123450.0", "12345", "1.2E+7890", ""],
)
def test_a_pseudonym_that_became_a_number(tmp_path, name):
    path = tmp_path / "linkage.csv"
    path.write_text(
        f'kind,pseudonym,source_id\npatient,"{name}",P1\n', encoding="utf-8"
    )
    message = f"line 2: a pseudonym is the .* {CURE}.*Received: {name!r}"
    with pytest.raises(DataError, match=message.replace("+", r"\+")):
        read(path)


def test_digits_that_were_rounded_show_by_the_key(tmp_path):
    load_key(tmp_path / "project.key")
    path = tmp_path / "linkage.csv"
    path.write_text(
        "kind,pseudonym,source_id\npatient,1234567890123450,P1\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match="line 2: p1234567890123450 is no pseudonym of"):
        read(path)


def test_without_a_key_the_form_is_all_that_can_be_asked(tmp_path):
    path = tmp_path / "linkage.csv"
    path.write_text(
        "kind,pseudonym,source_id\npatient,1234567890123450,P1\n", encoding="utf-8"
    )
    assert [*read(path)] == ["p1234567890123450"]


def test_rows_of_every_key_in_the_directory_are_known(path, tmp_path):
    other = load_key(tmp_path / "other.key")
    linkage = Linkage(path)
    linkage.add("patient", pseudonym(other, "patient", "B1"), "B1")
    linkage.save()
    assert ids(path) == IDS | {("patient", "B1")}
    (tmp_path / "other.key").rename(tmp_path / "sub.txt.gone")
    (tmp_path / "sub.txt.gone").write_text("moved away", encoding="utf-8")
    with pytest.raises(
        DataError, match="under a key that was here once, put that key back"
    ):
        read(path)


@pytest.mark.parametrize(
    "line",
    ["person,p00000000000000ab,P1", "patient,p00000000000000ab,"],
)
def test_a_row_without_a_kind_or_an_id(tmp_path, line):
    path = tmp_path / "linkage.csv"
    path.write_text(f"kind,pseudonym,source_id\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=f"line 2: a row says one of patient,.*{CURE}"):
        read(path)


def test_a_row_of_another_length(tmp_path):
    path = tmp_path / "linkage.csv"
    path.write_text(
        "kind,pseudonym,source_id\npatient,p00000000000000ab\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match=f"line 2, has 2 cells instead of 3. .*{CURE}"):
        read(path)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators(path, separator):
    with path.open(encoding="utf-8") as file:
        rows = [*csv.reader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    assert ids(path) == IDS


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding(path, encoding):
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert ids(path) == IDS


def test_a_file_of_bytes(path):
    path.write_bytes(b"PK\0\xff")
    with pytest.raises(DataError, match=f"But this is a linkage file: .*{CURE}"):
        read(path)


def test_a_pseudonym_of_two_ids(tmp_path):
    path = tmp_path / "linkage.csv"
    lines = ["patient,p00000000000000ab,P1", "patient,00000000000000ab,P2"]
    path.write_text(
        "\n".join([",".join(linkage_file.COLUMNS), *lines]), encoding="utf-8"
    )
    with pytest.raises(DataError, match=f"stands for a patient and for.*{CURE}"):
        read(path)


@pytest.mark.parametrize(
    "source_id", ["Mu\u0308ller", "e\u0301", "'0012", '="12"', "1,5"]
)
def test_an_id_is_read_to_the_last_character(tmp_path, source_id):
    key = load_key(tmp_path / "project.key")
    linkage = Linkage.beside(tmp_path / "project.key")
    linkage.add("patient", pseudonym(key, "patient", source_id), source_id)
    assert ids(linkage.save()) == {("patient", source_id)}


LONG = {
    ("patient", "202402500017"),
    ("patient", "202402500018"),
    ("study", "0000001"),
    ("study", "3-12"),
    ("patient", "1234567890123456"),
    ("patient", "-17"),
}


@pytest.fixture
def long(tmp_path):
    key = load_key(tmp_path / "project.key")
    linkage = Linkage.beside(tmp_path / "project.key")
    for kind, source_id in LONG:
        linkage.add(kind, pseudonym(key, kind, source_id), source_id)
    return linkage.save()


def saved_by_excel(path, *, change=lambda cell: cell):
    """Formulas as the text they give, each cell as it is shown, between semicolons."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[change(unguarded(cell)) for cell in row] for row in csv.reader(file)]
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def test_a_file_that_excel_saved_has_all_ids(long):
    content = long.read_text(encoding="utf-8")
    assert content.count('"=""') == len(LONG)
    saved_by_excel(long)
    assert ids(long) == LONG
    Linkage(long).save()
    assert long.read_text(encoding="utf-8") == content


def test_without_a_key_formulas_are_their_text(long):
    (long.parent / "project.key").unlink()
    assert ids(long) == LONG


def test_digits_that_were_rounded_are_tried(long):
    def shown(cell):
        return f"{float(cell):.5E}" if cell.isdigit() and len(cell) == 12 else cell

    saved_by_excel(long, change=shown)
    assert long.read_text(encoding="utf-8").count("2.02403E+11") == 2
    assert ids(long) == LONG


def test_digits_behind_the_15th_are_tried(long):
    saved_by_excel(long, change=lambda cell: cell.replace("90123456", "90123450"))
    assert ids(long) == LONG


def test_what_can_t_be_tried_is_refused(long):
    saved_by_excel(long, change=lambda cell: cell.replace("3-12", "03. Dez"))
    with pytest.raises(DataError, match=f"is no pseudonym of the id that .*{CURE}"):
        read(long)


def test_tries_come_to_an_end(long, monkeypatch):
    monkeypatch.setattr(linkage_file, "_MOST_TRIES", 1000)
    saved_by_excel(long, change=lambda cell: cell.replace("202402500017", "2.02E+11"))
    with pytest.raises(DataError, match="is no pseudonym of the id that"):
        read(long)
