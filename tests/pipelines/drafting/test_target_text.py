import tomllib

import pytest

from pipelines.drafting import target_text
from pipelines.drafting.target_text import on_one_line
from pipelines.storage.config_files import toml_value
from pipelines.tasks.target import Target


def test_a_target_with_its_counts():
    target = Target(kind="ordinal", columns=("Stage",), classes=("F0", "F1"))
    assert target_text.text(target, {"F0": 12, "F1": 3}) == (
        "[target]\n"
        'kind = "ordinal"\n'
        'columns = ["Stage"]\n'
        '# Rows: "F0" 12, "F1" 3. From the lowest to the highest.\n'
        'classes = ["F0", "F1"]\n'
    )


def test_numbers_have_no_classes():
    target = Target(kind="regression", columns=("edv", "esv"))
    assert target_text.text(target, {}) == (
        '[target]\nkind = "regression"\ncolumns = ["edv", "esv"]\n'
    )


@pytest.mark.parametrize("name", ['a "b" \\c', "line\nbreak", "# no comment", "横断面"])
def test_any_name_is_read_as_it_was(name):
    target = Target(columns=(name,), classes=(name, "b"))
    found = tomllib.loads(target_text.text(target, {name: 1, "b": 2}))
    assert found["target"]["columns"] == [name]
    assert found["target"]["classes"] == [name, "b"]
    assert "\n" not in toml_value(name) and "\n" not in on_one_line(name)


def test_a_placeholder_is_marked():
    assert "PLACEHOLDER" in target_text.PLACEHOLDER
    assert [*tomllib.loads(target_text.PLACEHOLDER)] == ["target"]
