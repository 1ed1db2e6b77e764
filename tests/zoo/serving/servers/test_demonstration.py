import signal
import subprocess
import sys

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files
from tests.zoo.prediction import networks
from zoo.serving.servers import demonstration
from zoo.serving.servers.demonstration import Demonstration
from zoo.training import phantom_data

TRAIN = ["zoo.train", "--arch", "inception", "--out", "run"]
EXPORT = ["zoo.export", "run", "--name", "phantom", "--to", "saved_models"]
STUDY = ["pipelines.phantom", "study_to_drop", "--patients", "2", "--seed", "1"]


def _cohort():
    return f"phantom-{config_files.digest(phantom_data.PLAN)[:8]}"


def test_what_is_there_is_not_made_again(tmp_path):
    made = Demonstration(folder=tmp_path)
    assert made.steps() == [TRAIN, EXPORT, STUDY]
    networks.run(made.run)
    assert made.steps() == [EXPORT, STUDY]
    (made.root / "phantom").mkdir(parents=True)
    assert made.steps() == [STUDY]
    (made.study / "dicom" / "P2").mkdir(parents=True)
    (made.study / "dicom" / "P1").mkdir()
    assert made.steps() == []
    assert f"  {made.study}/dicom/P1" in demonstration.what_to_do(made)


def test_a_run_that_was_broken_off_goes_on(tmp_path):
    made = Demonstration(folder=tmp_path)
    networks.run(made.run).model_path.unlink()
    data = made.folder / "datasets" / _cohort() / "records"
    data.mkdir(parents=True)
    first, *_ = made.steps()
    place = data.relative_to(made.folder)
    assert first == ["zoo.train", "--resume", "--out", "run", "--data", str(place)]


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(UsageError, match="what no demonstration made: thesis.docx"):
        Demonstration(folder=tmp_path)


def test_it_says_how_long_it_takes_before_it_begins(tmp_path, monkeypatch, capsys):
    ran = []

    def run(step, folder):
        assert "6 to 8 minutes" in capsys.readouterr().out
        ran.append((step, folder))
        return 3

    monkeypatch.setattr(demonstration, "_run", run)
    with pytest.raises(DataError, match="zoo.train ended with code 3"):
        demonstration.prepare(Demonstration(folder=tmp_path))
    assert ran == [(TRAIN, tmp_path)]


@pytest.mark.slow
def test_a_demonstration_from_nothing_to_its_end(tmp_path):
    """All steps but with a small network of one epoch; then it serves and ends."""
    small = ("--arch", "cnn3d", "--optimisation.epochs", "1")
    made = Demonstration(folder=tmp_path / "demo", training=small)
    demonstration.prepare(made)
    assert made.steps() == []
    assert [*tmp_path.iterdir()] == [made.folder]
    command = [sys.executable, "-m", "zoo.serve", "--demo", str(made.folder)]
    process = subprocess.Popen(
        [*command, "--port", "28500", "--rest-port", "28501"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Exporting HTTP/REST API"):
            break
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert any("http://127.0.0.1:28501/" in line for line in said)
