import subprocess
import sys

import pytest

from pipelines import command, phantom

_FEW = ["--patients", "2", "--workers", "1"]


def test_it_prints_the_path_that_it_wrote(tmp_path, capsys):
    out = tmp_path / "cohort"
    assert command.run(phantom.main, [str(out), *_FEW, "--seed", "3"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(out)
    assert (out / "task.toml").is_file()


def test_the_sign_and_the_sequences_are_taken(tmp_path):
    out = tmp_path / "cohort"
    asked = [str(out), *_FEW, "--sign", "through_plane", "--sequences", "T2WI", "ADC"]
    assert command.run(phantom.main, asked) == 0
    text = (out / "task.toml").read_text(encoding="utf-8")
    assert "sign through_plane" in text
    assert 'name = "ADC"' in text


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--patients", "1"], "2 patients or more"),
        (["--sign", "smell"], "sign is one of"),
        (["--sequences", "CT"], "sequences are different ones"),
    ],
)
def test_a_wrong_plan_is_wrong_usage(tmp_path, capsys, asked, message):
    assert command.run(phantom.main, [str(tmp_path / "out"), *asked]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_directory_with_content_is_wrong_usage(tmp_path, capsys):
    (tmp_path / "mine").write_text("", encoding="utf-8")
    assert command.run(phantom.main, [str(tmp_path), *_FEW]) == 2
    assert "is not empty" in capsys.readouterr().err


def test_a_place_that_can_not_be_written_is_wrong_usage(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert command.run(phantom.main, [str(tmp_path / "file" / "out"), *_FEW]) == 2
    assert "file is no directory. Choose another place" in capsys.readouterr().err


def test_no_worker_is_wrong_usage(tmp_path, capsys):
    asked = [str(tmp_path / "out"), "--workers", "0"]
    assert command.run(phantom.main, asked) == 2
    assert "workers are 1 or more. Received: 0" in capsys.readouterr().err


def test_help_has_examples():
    shown = subprocess.run(
        [sys.executable, "-m", "pipelines.phantom", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "examples:" in shown.stdout
