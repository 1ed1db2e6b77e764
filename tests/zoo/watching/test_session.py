"""The command, as far as it goes without a network; the last test has one."""

import argparse
import csv
import dataclasses
import io
import json
import os
import shutil

import pytest

from pipelines import command
from pipelines.cohort.masks import Masks
from pipelines.errors import UsageError
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom.received_file import ReceivedFile
from pipelines.storage import lock
from pipelines.tasks import task as tasks
from tests.zoo.prediction import networks
from zoo import predict
from zoo.recipes.recipe import Recipe
from zoo.watching import running, session
from zoo.watching.clock import Clock
from zoo.watching.event_log import EventLog

PLAN = Plan(patients=2, slices=(4, 4), matrix=(16, 16))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)


@pytest.fixture(scope="module")
def run(source, tmp_path_factory):
    whole = tasks.load(str(source / "task.toml"))
    task = dataclasses.replace(
        whole, grid=dataclasses.replace(whole.grid, shape=(8, 8, 8))
    )
    path = tmp_path_factory.mktemp("run") / "run"
    return networks.run(path, task=task, recipe=Recipe(arch="cnn3d")).path


@pytest.fixture
def there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    return tmp_path


def call(*arguments):
    return command.run(predict.main, [str(argument) for argument in arguments])


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--watch nosuch", "nosuch is not a directory"),
        ("--watch in --dicom in", "--watch names the studies: leave --dicom out"),
        ("--watch in --nifti a=b", "leave --nifti out"),
        ("--watch in --series a=in", "leave --series out"),
        ("--watch in --workers 2", "leave --workers out"),
        ("--watch in --quiet-s 0", "--quiet-s wants a number above 0"),
        ("--watch in --quiet-s nan", "--quiet-s wants a number above 0"),
        ("--watch in --quiet-s 9 --incomplete-after-s 8", "not below --quiet-s"),
        ("--watch in --out in/out", "lies inside the watched folder"),
        ("--watch in --out .", "lies inside --out"),
        ("--watch in --key in/key", "lies inside"),
        ("--watch in --out out --key out/key", "lies inside"),
        ("--watch in --out full", "holds other files"),
        ("--watch in --out full/file", "--out"),
        ("--watch in --sr in/reports", "lies inside the watched folder"),
        ("--watch in --sr in-answers", "lies inside the directory of answers"),
        ("--watch in --sr full/file", "--sr"),
        ("--dicom in --quiet-s 3", "--quiet-s goes with --watch"),
        ("--dicom in --once", "--once goes with --watch"),
        ("--dicom in --key k", "--key goes with --watch"),
    ],
)
def test_wrong_usage_is_refused_and_nothing_is_made(there, capsys, options, words):
    (there / "full").mkdir()
    (there / "full" / "file").touch()
    assert call("norun", *options.split()) == 2
    assert words in capsys.readouterr().err
    assert sorted(path.name for path in there.iterdir()) == ["full", "in"]


def test_the_grouping_is_that_of_the_task():
    file = ReceivedFile(patient_id="P", study_uid="1.2", accession_number="A")
    by_uid = tasks.load("phantom")
    by_accession = dataclasses.replace(by_uid, study_key="accession_number")
    assert running.study_key(file, by_uid) == "1.2"
    assert running.study_key(file, by_accession) == "A"
    without = dataclasses.replace(file, accession_number="")
    assert running.study_key(without, by_accession) == "1.2"


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("http://mri.example.org", True),
        ("https://mri.example.org", False),
        ("grpc://localhost:8500", False),
        (None, False),
    ],
)
def test_a_way_that_others_can_read_is_logged(endpoint, told):
    stream = io.StringIO()
    options = argparse.Namespace(endpoint=endpoint)
    session._tell_unencrypted(options, EventLog(Clock(), stream))
    assert (" unencrypted " in stream.getvalue()) == told
    assert "example" not in stream.getvalue()


def test_a_mask_by_patient_is_refused(there, monkeypatch):
    from zoo.prediction.study_source import StudySource
    from zoo.watching import opening

    source = StudySource(dicom="in", mask="masks.csv")
    for key, refused in (("patient_id", True), ("study_id", False)):
        monkeypatch.setattr(
            "pipelines.cohort.masks.read",
            lambda path, task, key=key: Masks(key=key, paths={}),
        )
        if refused:
            with pytest.raises(UsageError, match="columns study_id and path"):
                opening._check_masks(source, tasks.load("phantom"))
        else:
            opening._check_masks(source, tasks.load("phantom"))
    with pytest.raises(UsageError, match="columns study_id and path"):
        opening._check_masks(StudySource(dicom="in", mask="a.nii"), None)


def test_studies_of_a_folder_get_what_the_command_gives_them(
    there, source, run, capsys
):
    shutil.copytree(source / "dicom", there / "in", dirs_exist_ok=True)
    (there / "in" / "notes.txt").write_text("seen\n", encoding="utf-8")
    expected = there / "expected.csv"
    assert call(run, "--dicom", "in", "--out", expected, "--with-ids") == 0
    watch = (run, "--watch", "in", "--quiet-s", "0.6", "--once", "--with-ids")
    assert call(*watch) == 0
    found = {row["patient_id"]: row for row in rows("in-answers/result.csv")}
    wanted = {row["patient_id"]: row for row in rows(expected)}
    assert found.keys() == wanted.keys() and len(wanted) == 2
    for patient, row in found.items():
        ours = {n: v for n, v in row.items() if n not in ("number", "name")}
        theirs = {n: v for n, v in wanted[patient].items() if n not in row or n in ours}
        assert ours == {n: v for n, v in theirs.items() if n not in ("number", "name")}
        one = there / "in-answers/answered" / f"{row['name']}.json"
        (result,) = json.loads(one.read_text(encoding="utf-8"))["results"]
        assert result["class"] == row["class"]
        assert result["ids"]["patient_id"] == patient
    assert (there / "in-answers-private/key").stat().st_mode & 0o77 == 0
    assert (there / "in-answers-private/linkage.csv").stat().st_mode & 0o77 == 0
    log = capsys.readouterr().err
    assert " answered study=p" in log and "PHANTOM" not in log.split(" watching ")[1]
    with lock.hold("in-answers/.watch/lock", subject="x"):
        assert call(*watch) == 1
    assert "is in use by process" in capsys.readouterr().err
    assert call(*watch, "--key", there / "other.key") == 2
    assert "named under another key" in capsys.readouterr().err
    assert len(os.listdir("in-answers/answered")) == 2
