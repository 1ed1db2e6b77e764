"""ARCHITECTURE.md names the rooms there are, and no others."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("pipelines", "zoo", "tuning")
TOP = (*PACKAGES, "saved_models", "benchmarks", "tests")


def page():
    return (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def named(text):
    """Folders that stand in backticks, by their path from the root."""
    paths = re.findall(r"`([a-z_0-9]+(?:/[a-z_0-9]+)*)/?`", text)
    return {path for path in paths if path.split("/")[0] in TOP}


def rooms():
    """Folders of the packages that hold something, but the packages themselves."""
    for package in PACKAGES:
        for folder in (ROOT / package).rglob("*"):
            kept = folder.is_dir() and folder.name != "__pycache__"
            if kept and any(path.is_file() for path in folder.iterdir()):
                yield folder.relative_to(ROOT).as_posix()


def test_every_folder_that_exists_is_named():
    assert not sorted(set(rooms()) - named(page()))


def test_every_folder_that_is_named_exists():
    assert named(page()) >= set(TOP)
    assert not [path for path in named(page()) if not (ROOT / path).is_dir()]


def test_every_file_that_is_named_by_its_path_exists():
    files = re.findall(
        r"`((?:pipelines|zoo|tests|benchmarks)/[a-z_0-9/]+\.py)`", page()
    )
    assert len(files) > 10
    assert not [path for path in files if not (ROOT / path).is_file()]


def test_the_readme_links_it():
    assert "](ARCHITECTURE.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
