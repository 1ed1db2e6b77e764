"""The page on the task file: every key, and the file that shows them."""

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from pipelines.storage import config_files
from pipelines.tasks import page, sequence
from pipelines.tasks.examples import EXAMPLES

DOCS = Path(__file__).resolve().parents[3] / "docs"
ALL = [
    pytest.param(table, key, id=f"{table.__name__}.{key.name}")
    for table in page.TABLES.values()
    for key in page.keys(table)
]


def test_the_page_is_that_of_the_tables():
    cure = "python -m pipelines.tasks.page > docs/task-file.md"
    assert (DOCS / "task-file.md").read_text(encoding="utf-8") == page.markdown(), cure


@pytest.mark.parametrize(("table", "key"), ALL)
def test_every_key_says_what_it_is(table, key):
    assert key.meaning and key.values
    value = tomllib.loads(f"{key.name} = {key.example}")[key.name]
    kind = get_type_hints(table)[key.name]
    config_files._CONVERTER.structure(value, kind)


def test_every_example_is_of_a_key():
    names = {
        f"{table.__name__}.{field.name}"
        for table in page.TABLES.values()
        for field in fields(table)
    }
    assert {*EXAMPLES} <= names


def test_values_and_defaults_in_words():
    (b_value,) = (key for key in page.keys(sequence.Match) if key.name == "b_value")
    assert (b_value.values, b_value.default) == ("list of two numbers", "not stated")
    assert b_value.meaning == ("lowest and highest b-value, both included, in s/mm2.")


def test_the_text_for_the_terminal_has_no_marks():
    text = page.text()
    assert "  b_value = [500, 1000]\n      lowest and highest b-value" in text
    assert "`" not in text
