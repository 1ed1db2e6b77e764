"""Which files a fold's figure depends on, held against those that a fold imports."""

import doctest
import json
import subprocess
import sys

import pytest

from tests.tuning.trials import folds
from tuning.trials import code_version
from tuning.trials.code_version import DEPENDS, IRRELEVANT, ROOT, differences

FOLD = """
import json, sys
from pathlib import Path
from pipelines.records.directory import open_dataset
from tests.tuning.trials import folds
from tuning.trials import fold_process, fold_training
task = folds.task(Path(sys.argv[1]), open_dataset(sys.argv[2]))
assert fold_training.train(task).is_finished
files = [module.__file__ for module in sys.modules.values()
         if getattr(module, "__file__", None)]
print(json.dumps(files))
"""
OLD = {"digest": "a", "tensorflow": "2.16.2", "zoo/training": "1", "zoo/weights": "2"}


@pytest.mark.slow
def test_every_file_that_a_fold_imports_is_decided_on(tmp_path):
    data = folds.data_set(tmp_path / "data")
    command = [sys.executable, "-c", FOLD, str(tmp_path / "fold"), data.path]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    files = json.loads(done.stdout.splitlines()[-1])
    ours = [
        name.removeprefix(f"{ROOT}/")
        for name in files
        if name.startswith(
            tuple(f"{ROOT}/{p}/" for p in ("pipelines", "zoo", "tuning"))
        )
    ]
    assert len(ours) > 150
    relevant = [name for name in ours if not code_version.is_irrelevant(name)]
    assert "zoo/training/fit_stages.py" in relevant
    assert "zoo/architectures/cnn3d.py" in relevant


@pytest.mark.parametrize("entry", [*DEPENDS, *IRRELEVANT])
def test_what_is_named_is_there(entry):
    assert (ROOT / entry).exists()


def test_nothing_is_named_twice():
    assert len({*DEPENDS, *IRRELEVANT}) == len(DEPENDS) + len(IRRELEVANT)


def test_the_longest_entry_decides():
    assert not code_version.is_irrelevant("zoo/runs/history.py")
    assert code_version.is_irrelevant("zoo/runs/run.py")
    assert code_version.is_irrelevant("zoo/training/baseline/regression.py")


def test_a_file_that_nobody_decided_on_is_an_error():
    with pytest.raises(KeyError, match="zoo/serving/x.py is named neither in DEPENDS"):
        code_version.is_irrelevant("zoo/serving/x.py")


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A tree with one file in two rooms, which the version is of."""
    monkeypatch.setattr(code_version, "DEPENDS", ("zoo/training", "zoo/weights"))
    monkeypatch.setattr(code_version, "ROOT", tmp_path)
    for room in ("training", "weights"):
        (tmp_path / "zoo" / room).mkdir(parents=True)
        (tmp_path / "zoo" / room / "one.py").write_text("one = 1\n", encoding="utf-8")
    (tmp_path / "zoo" / "training" / "finish.py").write_text(
        "one = 1\n", encoding="utf-8"
    )
    return tmp_path


def test_a_changed_file_changes_its_room(copied):
    before = code_version.current()
    (copied / "zoo" / "training" / "one.py").write_text("one = 2\n", encoding="utf-8")
    after = code_version.current()
    assert before.digest != after.digest
    assert differences(*map(code_version.to_fields, (before, after))) == (
        "the source of zoo/training"
    )


def test_a_new_file_changes_its_room(copied):
    before = code_version.current()
    (copied / "zoo" / "weights" / "two.py").write_text("", encoding="utf-8")
    assert code_version.current().rooms["zoo/weights"] != before.rooms["zoo/weights"]


def test_an_irrelevant_file_changes_nothing(copied):
    before = code_version.current()
    (copied / "zoo" / "training" / "finish.py").write_text(
        "one = 2\n", encoding="utf-8"
    )
    assert code_version.current() == before


def test_it_is_of_this_installation():
    version = code_version.current()
    assert version == code_version.current()
    assert {*version.rooms} == {*DEPENDS} and len(version.digest) == 16
    assert version.numpy and version.keras and version.tensorflow


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"tensorflow": "2.21.0"}, "tensorflow 2.21.0 instead of 2.16.2"),
        ({"zoo/weights": "3"}, "the source of zoo/weights"),
        (
            {"tensorflow": "2.21.0", "zoo/weights": "3", "zoo/training": "3"},
            "tensorflow 2.21.0 instead of 2.16.2, "
            "the source of zoo/training, zoo/weights",
        ),
        ({"zoo/recipes": "3"}, "the source of zoo/recipes"),
        ({"digest": "b"}, "the code b instead of a"),
    ],
)
def test_differences_in_words(changes, words):
    assert differences(OLD, OLD | changes) == words


def test_the_examples():
    assert doctest.testmod(code_version).failed == 0
