"""The command: refusals before work, what it prints, and what it leaves."""

import subprocess
import sys

import pytest

from pipelines import command, draft, ingest
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan


@pytest.fixture(scope="module")
def phantom(tmp_path_factory):
    """Two patients, one of each class."""
    plan = Plan(patients=2, slices=(4, 4), matrix=(16, 16), disarranged=True)
    return cohort.write(tmp_path_factory.mktemp("draft") / "cohort", plan=plan)


def asked(phantom, out, *more):
    source = ["--dicom", str(phantom / "dicom"), "--out", str(out), "--workers", "1"]
    return [*source, *map(str, more)]


def test_the_file_it_names_is_taken_by_the_command_it_names(phantom, tmp_path, capsys):
    out = tmp_path / "mine.toml"
    labels = ["--labels", str(phantom / "labels.csv")]
    assert command.run(draft.main, asked(phantom, out, *labels)) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == str(out)
    assert "2 of 2 studies come in at most" in printed.out
    (last,) = (line for line in printed.err.splitlines() if line.startswith("next: "))
    assert last.startswith("next: python -m pipelines.ingest --dicom ")
    words = last.removeprefix("next: python -m pipelines.ingest ").split()
    assert command.run(ingest.main, ["--check", *words[: words.index("--key")]]) == 0


def test_without_labels_it_says_what_is_still_to_be_named(phantom, tmp_path, capsys):
    out = tmp_path / "mine.toml"
    assert command.run(draft.main, asked(phantom, out)) == 0
    printed = capsys.readouterr()
    assert "still to be named in" in printed.out and "FILL IN" in printed.out
    assert "note:" not in printed.err
    check = ["--check", "--dicom", str(phantom / "dicom"), "--task", str(out)]
    labels = ["--labels", str(phantom / "labels.csv")]
    assert command.run(ingest.main, [*check, *labels]) == 1
    assert "write a column of the label file" in capsys.readouterr().err


def test_wrong_usage_is_told_and_nothing_is_written(phantom, tmp_path, capsys):
    out = tmp_path / "mine.txt"
    assert command.run(draft.main, asked(phantom, out)) == 2
    assert "a task file ends in .toml" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_it_loads_neither_tensorflow_nor_matplotlib(phantom, tmp_path):
    words = asked(phantom, tmp_path / "mine.toml")
    code = (
        f"import sys; from pipelines import draft; draft.main({words!r}); "
        "print([m for m in ('tensorflow', 'matplotlib') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_help_has_examples(capsys):
    with pytest.raises(SystemExit):
        draft.main(["--help"])
    shown = capsys.readouterr().out
    assert "python -m pipelines.draft --dicom studies/" in shown
    assert "exit codes: 0 done" in shown
