"""`zoo.predict --watch --sr`: reports say what the answers say, whoever predicts."""

import dataclasses
import os
import shutil

import pydicom
import pytest

from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.tasks import task as tasks
from pipelines.tasks.target import Target
from tests.zoo.ensembling.members import ensemble_of
from tests.zoo.prediction import networks
from tests.zoo.prediction.reports import phantom_studies, validators
from tests.zoo.serving import exported
from tests.zoo.serving.client import loaded
from tests.zoo.serving.client.fake_servers import SERVERS, Model
from tests.zoo.test_predict_reports import call, reported, results
from zoo.prediction import run_predictions
from zoo.recipes.recipe import Recipe
from zoo.watching import answering

PLAN = Plan(patients=2, sequences=("T2WI", "T1WI"), slices=(8, 9), matrix=(24, 28))
ENDS = ("picture", "report")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)


@pytest.fixture(scope="module")
def task(source):
    whole = tasks.load(str(source / "task.toml"))
    return dataclasses.replace(
        whole, grid=dataclasses.replace(whole.grid, shape=(8, 12, 12))
    )


@pytest.fixture
def there(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(source / "dicom", tmp_path / "in")
    return tmp_path


def watch(*model):
    options = ("--watch", "in", "--out", "out", "--sr", "sr", "--quiet-s", "0.6")
    return call(*model, *options, "--once")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def check(there, combined):
    """Each study's report has the numbers of its answer, and is the patient's."""
    answers = sorted((there / "out/answered").iterdir())
    records = [path.stem for path in answers]
    assert len(records) == PLAN.patients
    assert names(there / "sr") == sorted(
        f"{record}-{end}.dcm" for record in records for end in ENDS
    )
    patients = set()
    for path in answers:
        (result,) = results(path)
        files = {end: there / "sr" / f"{path.stem}-{end}.dcm" for end in ENDS}
        numbers, values, texts, evidence = reported(files["report"])
        assert numbers == {
            f"Probability of {name}": share
            for name, share in result["probabilities"].items()
        }
        assert [*values.values()] == [result["class"]]
        assert any(combined in text for text in texts)
        assert len({series for _, series, *_ in evidence}) == 2
        assert not any(map(validators.errors, files.values()))
        made = {pydicom.dcmread(file).PatientID for file in files.values()}
        patients |= made
        assert len(made) == 1
        assert path.stem not in str(pydicom.dcmread(files["report"]))
    assert patients == {folder.name for folder in studies(there)}


def studies(there):
    return sorted((there / "in").iterdir())


def test_by_a_run_and_what_is_there_stays(there, task, capfd, monkeypatch):
    def predicted(*arguments):
        os.write(2, b"PHANTOM^NAME, says a decoder")
        return run_predictions.predicted(*arguments)

    monkeypatch.setattr(answering, "predicted", predicted)
    run = networks.run(there / "run", task=task, recipe=Recipe(arch="cnn3d")).path
    assert watch(run) == 0
    check(there, "phantom (cnn3d)")
    before = {path.name: path.read_bytes() for path in (there / "sr").iterdir()}
    assert watch(run) == 0
    assert {p.name: p.read_bytes() for p in (there / "sr").iterdir()} == before
    log = capfd.readouterr().err
    assert " report_failed " not in log and "PHANTOM" not in log
    assert log.count(" answered study=") == PLAN.patients


def test_by_folds(there, task):
    directory = networks.folds(there / "folds", task=task)
    assert watch(directory) == 0
    check(there, "mean of 3 folds")


def test_by_an_ensemble(there, task):
    for seed, name in enumerate("ab"):
        recipe = Recipe(arch="cnn3d")
        networks.run(there / name, task=task, recipe=recipe, seed=seed)
    assert watch(ensemble_of(there / "both", [there / "a", there / "b"])) == 0
    check(there, "ensemble of 2 members")


def test_by_an_endpoint(there, task):
    run = networks.run(there / "run", task=task, recipe=Recipe(arch="cnn3d")).path
    directory = exported.written(run, there / "root", name="liver")
    model = Model(dict(loaded.signatures(directory)), versions=(1,))
    with SERVERS["grpc"](model) as port:
        where = f"grpc://localhost:{port}"
        assert watch("--endpoint", where, "--model", "liver") == 0
    check(there, "served as liver, version 1")


def test_series_by_series(there, task):
    task = dataclasses.replace(
        task,
        unit="series",
        grid=dataclasses.replace(task.grid, reference=None),
        target=Target(source="sequence", classes=("T2WI", "T1WI")),
    )
    run = networks.run(there / "run", task=task, recipe=Recipe(arch="cnn3d")).path
    shutil.rmtree(studies(there)[0])
    watch(run)
    (answer,) = [*(there / "out").glob("*ed/*.json")]
    found = results(answer)
    good = [at for at, result in enumerate(found, 1) if "error" not in result]
    assert len(good) >= 2
    assert names(there / "sr") == sorted(
        f"{answer.stem}-{at}-{end}.dcm" for at in good for end in ENDS
    )
    for at in good:
        numbers, *_, evidence = reported(there / f"sr/{answer.stem}-{at}-report.dcm")
        shares = found[at - 1]["probabilities"]
        assert numbers == {f"Probability of {n}": s for n, s in shares.items()}
        assert len({series for _, series, *_ in evidence}) == 1


def test_a_study_without_a_report_is_logged_and_answered(there, task, capsys):
    run = networks.run(there / "run", task=task, recipe=Recipe(arch="cnn3d")).path
    shutil.rmtree(studies(there)[0])

    def change(image):
        del image.SOPInstanceUID

    phantom_studies.alter(there / "in", change)
    assert watch(run) == 1
    assert len(names(there / "out/answered")) == 1 and not names(there / "sr")
    log = capsys.readouterr().err
    (line,) = [line for line in log.splitlines() if " report_failed " in line]
    assert "code=no_reference" in line and "no valid SOPInstanceUID" in line
    assert "PHANTOM" not in log
