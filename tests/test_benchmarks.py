"""What benchmarks import exists: nothing else runs them."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted((ROOT / "benchmarks").rglob("*.py"))


def source_of(module):
    """The file of a module or package of ours; none where there is none."""
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


def defined(path):
    """Names at the top of a module."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            names |= {name.id for name in node.targets if isinstance(name, ast.Name)}
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    return names


def ours(module):
    return module.split(".")[0] in ("pipelines", "zoo", "tuning")


def missing(script):
    """Modules, or names of modules, that a script imports and that do not exist."""
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names if ours(alias.name)]
            yield from (module for module in modules if source_of(module) is None)
        elif isinstance(node, ast.ImportFrom) and ours(node.module):
            path = source_of(node.module)
            names = defined(path) if path else set()
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if alias.name not in names and source_of(whole) is None:
                    yield whole


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_what_a_benchmark_imports_exists(script):
    assert not [*missing(script)]
