"""What docstrings send the reader to is there."""

import ast
import re

import pytest

from tests.test_imports import ROOT, files_of_tests, module, sources

_SEE = re.compile(r"\bsee\s+`([a-z_0-9]+(?:\.[A-Za-z_0-9]+)+)`")


def names(path):
    """What a module defines at its top."""
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name))
        elif isinstance(node, ast.AnnAssign):
            yield node.target.id


@pytest.fixture(scope="module")
def there():
    """Modules, by their dotted name and by its end, and what they define."""
    known = set()
    for path in (*sources(), *files_of_tests()):
        parts = module(path).split(".")
        for start in range(len(parts)):
            end = ".".join(parts[start:])
            known |= {end} | {f"{end}.{name}" for name in names(path)}
    return known


def references(text):
    """What a text says to see, by dotted names; methods and fields are left out."""
    for name in _SEE.findall(" ".join(text.split())):
        if not name.endswith((".py", ".toml", ".json", ".csv")):
            yield name


def test_what_is_to_be_seen_is_there(there):
    stale = [
        f"{path}: {name}"
        for path in (*sources(), *files_of_tests())
        for name in references((ROOT / path).read_text(encoding="utf-8"))
        if name not in there and name.rpartition(".")[0] not in there
    ]
    assert not stale


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see `zoo.runs.history.best`.", ["zoo.runs.history.best"]),
        ("see\n    `history.best`", ["history.best"]),
        ("see `Thing`; see `recipe.toml`", []),
    ],
)
def test_references_are_read(text, found):
    assert [*references(text)] == found


def test_a_reference_that_is_gone_is_told(there):
    assert "zoo.runs.history.best" in there and "history.best" in there
    assert "scoring.scores" not in there and "scoring" not in there
