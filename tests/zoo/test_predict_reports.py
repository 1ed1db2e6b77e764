"""`zoo.predict --sr`: reports say what the result file says, whoever predicts."""

import contextlib
import dataclasses
import hashlib
import io
import json
from pathlib import Path

import pydicom
import pytest
from highdicom import sr

from pipelines import command
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.tasks import task as tasks
from pipelines.tasks.target import Target
from tests.zoo.ensembling import several_tasks
from tests.zoo.prediction import networks, stages
from tests.zoo.prediction.reports import validators
from tests.zoo.serving import exported
from tests.zoo.serving.client import loaded
from tests.zoo.serving.client.fake_servers import SERVERS, Model
from zoo import predict
from zoo.evaluation.rejection.rules import LargestProbability
from zoo.recipes.recipe import Recipe
from zoo.targets.standardisation import ColumnStatistics, Standards

PLAN = Plan(patients=3, sequences=("T2WI", "T1WI"), slices=(8, 9), matrix=(24, 28))
FAT = Target(kind="regression", columns=("fat",), name="fat")
STANDARDS = Standards(
    column_statistics=(ColumnStatistics(name="fat", mean=12.0, deviation=3.0),)
)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Phantoms, of which the second lacks T1WI, and the last one both sequences."""
    path = cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)
    _, second, third = sorted((path / "dicom").iterdir())
    for folder, words in ((second, ("T1",)), (third, ("T1", "T2"))):
        for series in scan_dicom.scan(folder).series:
            if any(word in series.description.upper() for word in words):
                for frame in series.frames:
                    Path(frame.path).unlink()
    return path


@pytest.fixture(scope="module")
def whole(source):
    task = tasks.load(str(source / "task.toml"))
    optional = (
        dataclasses.replace(one, required=one.name == "T2WI") for one in task.sequences
    )
    return dataclasses.replace(
        task,
        grid=dataclasses.replace(task.grid, shape=(8, 12, 12)),
        sequences=tuple(optional),
        further_targets=(FAT,),
    )


@pytest.fixture(scope="module")
def run(whole, tmp_path_factory):
    """A run with a last stage, to which every study is unknown."""
    made = networks.run(
        tmp_path_factory.mktemp("run") / "run",
        task=whole,
        recipe=Recipe(arch="cnn3d"),
        standards=STANDARDS,
    )
    stages.write(made, threshold=0.5, reject=LargestProbability(threshold=2.0))
    return made


@pytest.fixture(scope="module")
def ensemble(whole, tmp_path_factory):
    """A network for each of the sequences, of which one may abstain."""
    folder = tmp_path_factory.mktemp("members")
    return several_tasks.of_sequences(folder, whole, standards=STANDARDS, name="brain")


def call(*arguments):
    return command.run(predict.main, [str(argument) for argument in arguments])


def results(path):
    return json.loads(path.read_text(encoding="utf-8"))["results"]


def reported(path):
    """What a report says: numbers, evaluations, the algorithm's texts, its images."""
    report = sr.srread(path)
    numbers, values, texts = {}, {}, []
    for group in report.content.get_image_measurement_groups():
        numbers |= {n.name.meaning: n.value for n in group.get_measurements()}
        evaluations = group.get_qualitative_evaluations()
        values |= {e.name.meaning: e.value.meaning for e in evaluations}
        items = group[0].ContentSequence
        texts += [item.value for item in items if item.ValueType == "TEXT"]
    return numbers, values, texts, report.get_evidence()


def assert_says(path, result, *, name, known=True):
    """Holds a report to a result of the JSON file; `name` is that of the task."""
    numbers, values, *_ = reported(path)
    for one, probability in result["probabilities"].items():
        assert numbers[f"Probability of {one}"] == probability
    assert numbers["fat"] == result["further_targets"]["fat"]["predictions"]["fat"]
    assert values == {f"{name} / label": result["class"] if known else "Unknown"}


@pytest.fixture(scope="module")
def by_run(run, source, tmp_path_factory):
    """What the run says: the results, the directory of reports, what was printed."""
    folder, printed = tmp_path_factory.mktemp("by_run"), io.StringIO()
    out, reports = folder / "r.json", folder / "reports"
    more = ("--out", out, "--with-ids", "--sr", reports)
    with contextlib.redirect_stdout(printed):
        assert call(run.path, "--dicom", source / "dicom", *more) == 1
    assert printed.getvalue().splitlines()[-2:] == [str(out), str(reports)]
    return results(out), reports


def test_reports_say_what_the_run_says(by_run):
    (first, second, third), folder = by_run
    assert sorted(path.name for path in folder.iterdir()) == [
        *("study-1-picture.dcm", "study-1-report.dcm"),
        *("study-2-picture.dcm", "study-2-report.dcm"),
    ]
    assert "error" in third
    assert first["class"] == "unknown" and first["is_unknown"]
    for number, result in enumerate((first, second), 1):
        path = folder / f"study-{number}-report.dcm"
        assert_says(path, result, name="phantom", known=False)
        numbers, *_ = reported(path)
        assert numbers["Score of the last stage"] == result["score"]


def test_a_report_goes_to_the_patient_of_its_study(by_run):
    found, folder = by_run
    for result in found[:2]:
        for end in ("report", "picture"):
            made = pydicom.dcmread(folder / f"study-{result['number']}-{end}.dcm")
            assert made.PatientID == result["ids"]["patient_id"]
            assert made.StudyInstanceUID == result["ids"]["study_id"]


def test_an_ensemble_says_who_abstained(ensemble, source, tmp_path):
    out, folder = tmp_path / "r.json", tmp_path / "reports"
    more = ("--out", out, "--sr", folder)
    assert call(ensemble, "--dicom", source / "dicom", *more) == 1
    first, second, _ = results(out)
    assert_says(folder / "study-1-report.dcm", first, name="brain")
    assert_says(folder / "study-2-report.dcm", second, name="brain")
    *_, texts, evidence = reported(folder / "study-1-report.dcm")
    assert "ensemble of 2 members by the rule weighted" in texts
    assert not any("abstained" in text for text in texts)
    assert len({series for _, series, *_ in evidence}) == 2
    *_, texts, evidence = reported(folder / "study-2-report.dcm")
    assert any(text.endswith("a sequence: t1wi; answered by: t2wi") for text in texts)
    assert len({series for _, series, *_ in evidence}) == 1


def test_an_endpoint_says_which_model_answered(run, source, tmp_path):
    directory = exported.written(run.path, tmp_path / "root", name="liver")
    model = Model(dict(loaded.signatures(directory)), versions=(1,))
    out, folder = tmp_path / "r.json", tmp_path / "reports"
    with SERVERS["grpc"](model) as port:
        where = ("--endpoint", f"grpc://localhost:{port}", "--model", "liver")
        more = ("--dicom", source / "dicom", "--out", out, "--sr", folder)
        assert call(*where, *more) == 1
    for result in results(out)[:2]:
        path = folder / f"study-{result['number']}-report.dcm"
        assert_says(path, result, name="phantom", known=False)
    *_, texts, _ = reported(path)
    digest = hashlib.sha256(run.model_path.read_bytes()).hexdigest()
    assert "phantom (cnn3d)" in texts and "served as liver, version 1" in texts
    assert f"SHA-256 of the model file: {digest}" in texts
    assert not validators.errors(path)


def test_series_by_series(source, tmp_path):
    task = tasks.load(str(source / "task.toml"))
    task = dataclasses.replace(
        task,
        unit="series",
        grid=dataclasses.replace(task.grid, shape=(8, 12, 12), reference=None),
        target=Target(source="sequence", classes=("T2WI", "T1WI")),
    )
    made = networks.run(tmp_path / "run", task=task, recipe=Recipe(arch="cnn3d"))
    patient = sorted((source / "dicom").iterdir())[0]
    folder = tmp_path / "reports"
    more = ("--out", tmp_path / "r.json", "--sr", folder)
    code = call(made.path, "--dicom", patient, *more)
    found = results(tmp_path / "r.json")
    good = [result["number"] for result in found if "error" not in result]
    assert len(good) > 2 and code == int(len(good) < len(found))
    taken = []
    for number in good:
        *_, evidence = reported(folder / f"series-{number}-report.dcm")
        (series,) = {uid for _, uid, *_ in evidence}
        taken.append(series)
    assert len({*taken}) > 2


def test_nifti_and_reports_that_are_there_are_refused(run, source, tmp_path, capsys):
    folder = tmp_path / "reports"
    assert call("nosuch", "--nifti", "T1WI=a.nii", "--sr", folder) == 2
    assert "--sr wants --dicom or --series: NIfTI" in capsys.readouterr().err
    assert not folder.exists()
    folder.mkdir()
    (folder / "study-7-report.dcm").write_text("sent", encoding="utf-8")
    assert call(run.path, "--dicom", source / "dicom", "--sr", folder) == 2
    assert "study-7-report.dcm exists" in capsys.readouterr().err


def test_a_study_without_a_report_is_named_and_is_a_failure(
    run, source, tmp_path, capsys, monkeypatch
):
    from zoo.prediction.reports import report_files

    def breaks(*arguments):
        raise ZeroDivisionError(f"in {source}")

    monkeypatch.setattr(report_files, "picture", breaks)
    more = ("--out", tmp_path / "r.json", "--sr", tmp_path / "reports")
    (first, *_) = sorted((source / "dicom").iterdir())
    assert call(run.path, "--dicom", first, *more) == 1
    assert "class" in results(tmp_path / "r.json")[0]
    told = capsys.readouterr()
    assert "study 1: no report: writing the report ended in ZeroDivision" in told.err
    assert not (tmp_path / "reports").exists()
