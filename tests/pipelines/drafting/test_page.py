import base64
import configparser
import re
from html.parser import HTMLParser

import pytest

from pipelines.drafting import page
from pipelines.drafting.page import Table
from pipelines.errors import DataError
from tests.test_imports import ROOT

_KINDS = Table(
    title="Series <kinds>",
    columns=("kind", "slices"),
    rows=(("T2 & fat", "20"), ("横断面", "24")),
)


class _Read(HTMLParser):
    """Texts by their tag, and the attributes of every tag."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def of(self, tag):
        return [text for where, text in self.texts if where == tag]


def _written(tmp_path, **changes):
    path = tmp_path / "pages" / "draft.html"
    fields = {"title": "A < B", "tables": [_KINDS], "sheet": None, "task_text": "x"}
    page.write(path, **fields | changes)
    return path.read_text(encoding="utf-8")


def test_tables_as_they_are(tmp_path):
    read = _Read(_written(tmp_path))
    assert read.open == []  # every tag is closed, in its place
    assert read.of("h1") == read.of("title") == ["A < B"]
    assert read.of("h2") == ["Series <kinds>", "The task file"]
    assert read.of("th") == ["kind", "slices"]
    assert read.of("td") == ["T2 & fat", "20", "横断面", "24"]


def test_numbers_stand_flush_right(tmp_path):
    numbers = [
        tag
        for tag, name, value in _Read(_written(tmp_path)).attributes
        if (name, value) == ("class", "number")
    ]
    assert numbers == ["th", "td", "td"]


def test_the_task_file_is_whole(tmp_path):
    task = '# a < b & c\ndescription = "t2.*\\"tra"\n\n[grid]\n'
    assert _Read(_written(tmp_path, task_text=task)).of("pre") == [task]


def test_the_sheet_is_part_of_the_page(tmp_path):
    sheet = tmp_path / "sheet.png"
    sheet.write_bytes(b"\x89PNG of a kind")
    read = _Read(_written(tmp_path, sheet=sheet))
    (source,) = [v for tag, name, v in read.attributes if (tag, name) == ("img", "src")]
    kind, _, content = source.partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(content) == sheet.read_bytes()
    assert "One picture of each kind" in read.of("h2")


def test_the_page_asks_for_nothing_else(tmp_path):
    written = _written(tmp_path)
    assert not re.search(r"https?:|<script|<link|@import|url\(", written)
    assert str(tmp_path) not in written


def test_a_table_without_rows(tmp_path):
    empty = Table(title="Left out", columns=("cause",), rows=())
    read = _Read(_written(tmp_path, tables=[empty]))
    assert read.of("p") == ["None."] and read.of("th") == []


def test_rows_of_another_length():
    with pytest.raises(ValueError, match="rows of 'x' want 2 cells. Received: 1"):
        Table(title="x", columns=("a", "b"), rows=(("1",),))


def test_a_sheet_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="sheet.png can't be read: No such file"):
        _written(tmp_path, sheet=tmp_path / "sheet.png")


def test_a_disk_that_can_not_be_written(tmp_path):
    (tmp_path / "pages").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="could not be written"):
        _written(tmp_path)


def test_the_style_is_installed_too():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    patterns = setup["options.package_data"]["pipelines"].split()
    assert "drafting/page.css" in patterns
