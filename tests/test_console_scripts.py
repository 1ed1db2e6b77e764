"""Every command has a console script, which ends the process as the command does."""

import configparser
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STARTS = "def start() -> None:"


def scripts():
    """Name of each console script, and what it calls."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = parser["options.entry_points"]["console_scripts"].split("\n")
    return dict(line.split(" = ") for line in lines if line)


def test_every_command_has_one():
    commands = {
        path.relative_to(ROOT).as_posix().removesuffix(".py").replace("/", ".")
        for package in ("pipelines", "zoo", "tuning")
        for path in (ROOT / package).rglob("*.py")
        if STARTS in path.read_text(encoding="utf-8")
    }
    assert sorted(scripts().values()) == sorted(f"{name}:start" for name in commands)


@pytest.mark.parametrize("name", scripts())
def test_it_is_called_as_its_command(name, monkeypatch, capsys):
    module_name, _, function = scripts()[name].partition(":")
    assert name == module_name.removesuffix(".__main__").replace(".", "-")
    monkeypatch.setattr("sys.argv", [name, "--no-such-option"])
    start = getattr(importlib.import_module(module_name), function)
    with pytest.raises(SystemExit) as ended:
        start()
    assert ended.value.code == 2
    assert (
        f"python -m {module_name.removesuffix('.__main__')}" in capsys.readouterr().err
    )
