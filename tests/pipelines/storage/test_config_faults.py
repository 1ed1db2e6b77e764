"""Faults of a TOML file: the line, the table by its name, an example."""

from dataclasses import dataclass

import pytest

from pipelines.errors import DataError
from pipelines.storage.config_files import build, load_toml


@dataclass(frozen=True, kw_only=True)
class Rule:
    bounds: tuple[float, float] | None = None

    def __post_init__(self):
        if self.bounds and self.bounds[0] > self.bounds[1]:
            raise ValueError("bounds go up")


@dataclass(frozen=True, kw_only=True)
class Item:
    name: str
    rule: Rule | None = None

    def __post_init__(self):
        if self.name == "-":
            raise ValueError("an item has letters. Received: name -")


@dataclass(frozen=True, kw_only=True)
class Whole:
    items: tuple[Item, ...] = ()
    words: dict[str, tuple[str, ...]] | None = None

    def __post_init__(self):
        if len({item.name for item in self.items}) < len(self.items):
            raise ValueError("items want different names")
        if (self.words or {}).get("why"):
            raise ValueError("words.why is empty")


EXAMPLES = {"Rule.bounds": "[1, 2]", "Item.name": '"T2"', "Whole.words": "{ a = [] }"}


def fault(tmp_path, text):
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_toml(Whole, path, examples=EXAMPLES)
    return str(error.value)


def test_line_name_of_the_table_and_an_example(tmp_path):
    told = fault(tmp_path, '[[items]]\nname = "DWI"\n[items.rule]\nbounds = 5\n')
    assert told == (
        'line 4: x.toml.items["DWI"].rule.bounds: expected a list in [ ]. '
        "Received: 5. E.g. bounds = [1, 2]"
    )


def test_a_fault_of_a_table_stands_at_the_key_that_it_names(tmp_path):
    told = fault(tmp_path, '[[items]]\nname = "DWI"\n\n[items.rule]\nbounds = [2, 1]\n')
    assert told == 'line 5: x.toml.items["DWI"].rule: bounds go up'


def test_or_else_at_its_heading(tmp_path):
    told = fault(tmp_path, '[[items]]\nname = "-"\n')
    assert told == 'line 1: x.toml.items["-"]: an item has letters. Received: name -'


def test_a_fault_of_the_whole_file_stands_at_the_key_that_it_names(tmp_path):
    twice = '[[items]]\nname = "a"\n[[items]]\nname = "a"\n'
    told = fault(tmp_path, "[words]\nwhy = []\n" + twice)
    assert told == "line 3: x.toml: items want different names"
    told = fault(tmp_path, '[words]\na = []\n\nwhy = ["a"]\n')
    assert told == "line 4: x.toml: words.why is empty"


def test_a_key_that_is_missing(tmp_path):
    told = fault(tmp_path, "\n[[items]]\n")
    assert told == 'line 2: x.toml.items[0].name: this key is missing. E.g. name = "T2"'


def test_an_unknown_key_has_its_line(tmp_path):
    told = fault(tmp_path, '[[items]]\nname = "a"\nrulle = 1\n')
    assert told.startswith("line 3: x.toml.items[\"a\"]: unknown key 'rulle' (did you")


def test_all_faults_are_told_in_the_order_of_the_file(tmp_path):
    told = fault(tmp_path, 'b = 1\n[[items]]\nname = 0\n[words]\na = ["x", 1]\n')
    assert [line.strip().split(":")[0] for line in told.splitlines()] == [
        "line 1",
        "line 3",
        "line 5",
    ]
    assert 'In quotes it is one: "0". E.g. name' in told
    assert 'words["a"]' not in told and ".words.a[1]: expected str" in told


def test_what_is_no_file_has_no_lines():
    with pytest.raises(DataError, match=r'^x.items\["a"\]: unknown key'):
        build(Whole, {"items": [{"name": "a", "z": 1}]}, name="x")
