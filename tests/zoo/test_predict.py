"""The whole way: phantom DICOM -> data set -> run -> prediction of the same studies."""

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
import SimpleITK as sitk

from pipelines import command
from pipelines.batches import dataset
from pipelines.batches.settings import BatchSettings
from pipelines.ingestion import make_record
from pipelines.ingestion.ingest_cohort import ingest
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.records import directory as dataset_directory
from pipelines.tasks import task as tasks
from tests.zoo.evaluation.cohorts import given
from zoo import predict
from zoo.architectures import registry
from zoo.classifier import classifier
from zoo.evaluation.predictions import predictions_file
from zoo.prediction import predictor
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run
from zoo.targets.standardisation import NOTHING
from zoo.targets.target_output import outputs_of_run
from zoo.training.loop.inference import Inference
from zoo.training.model_predictions import collect

PLAN = Plan(patients=10, sequences=("T2WI", "T1WI"), slices=(8, 10), matrix=(40, 48))
# One of the channels turned first: predict must choose and order them likewise.
RECIPE = Recipe(arch="cnn3d", sequences=("T1WI", "T2WI"))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)


@pytest.fixture(scope="module")
def run(source, tmp_path_factory):
    """A run with random weights, whose predictions come from the evaluation batches."""
    folder = tmp_path_factory.mktemp("run")
    whole = tasks.load(str(source / "task.toml"))
    small = dataclasses.replace(
        whole, grid=dataclasses.replace(whole.grid, shape=(16, 16, 16))
    )
    done = ingest(
        Request(
            kind="dicom",
            source=source / "dicom",
            labels=source / "labels.csv",
            task=small,
            key=folder / "project.key",
            out=folder / "data",
        )
    )
    data = dataset_directory.open_dataset(done.path)
    made = Run.create(
        folder / "run",
        recipe=RECIPE,
        data_set_json=(done.path / "dataset.json").read_text(encoding="utf-8"),
        fold=None,
        environment={"options": {}},
    )
    model = spread(
        classifier.build(
            RECIPE,
            registry.get(RECIPE.arch),
            shape=small.record_shape,
            target_outputs=outputs_of_run(small, NOTHING),
            seed=0,
        ).inference
    )
    model.save(made.model_path)
    predictions_file.write(made.predictions_path, evaluated(model, data, made))
    return made


def spread(model):
    """The same model with larger last weights: studies get different answers."""
    for layer in model.layers:
        if layer.name == "logits" and layer.weights:
            layer.kernel.assign(layer.kernel * 30)
    return model


def evaluated(model, data, made):
    inference = Inference(model)
    settings = BatchSettings(
        channels=made.recipe.sequences,
        normalisation=made.recipe.normalisation,
        batch_size=3,
    )
    return collect(
        {
            split: inference.predict(
                dataset.eval_batches(data, settings, split=split), name=split
            )
            for split in ("train", "validation", "test")
        },
        made.target_outputs[0],
        None,
    )


def call(*arguments):
    return command.run(predict.main, [str(argument) for argument in arguments])


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def known(run):
    """Probabilities of the run's predictions.csv by the source's patient id."""
    linkage = rows(run.path.parent / "linkage.csv")
    names = {r["pseudonym"]: r["source_id"] for r in linkage if r["kind"] == "patient"}
    found = predictions_file.read(run.predictions_path, run.task.target)
    return {
        names[patient]: found.probabilities[i]
        for i, patient in enumerate(found.patient_id)
    }


def test_the_same_studies_get_the_same_probabilities(run, source, tmp_path, capsys):
    out = tmp_path / "result.csv"
    assert call(run.path, "--dicom", source / "dicom", "--out", out, "--with-ids") == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == str(out)
    last = shown.err.splitlines()[-1]
    assert last == f"next: python -m zoo.export {run.path} --name NAME"
    expected, found = known(run), rows(out)
    assert {row["patient_id"] for row in found} == set(expected)
    values = np.array([[float(row[f"prob:{c}"]) for c in run.classes] for row in found])
    assert np.ptp(values[:, 0]) > 0.01  # or equality would prove nothing
    for row, value in zip(found, values):
        np.testing.assert_allclose(value, expected[row["patient_id"]], atol=1e-6)
        assert row["class"] == run.classes[value.argmax()]


def test_results_tell_nothing_of_the_patient(run, source, tmp_path, capsys):
    out = tmp_path / "result.json"
    assert call(run.path, "--dicom", source / "dicom", "--out", out) == 0
    text, screen = out.read_text(encoding="utf-8"), capsys.readouterr().out
    scan = scan_dicom.scan(source / "dicom")
    for series in scan.series:
        for private in (series.patient_id, series.study_uid, series.series_uid):
            assert private not in text
        assert series.patient_id in screen and series.study_uid in screen
    assert screen.startswith("number  name     ")
    results = json.loads(out.read_text(encoding="utf-8"))["results"]
    assert [one["name"] for one in results] == [f"study {i}" for i in range(1, 11)]
    assert all(set(one["probabilities"]) == set(run.classes) for one in results)


def test_a_broken_study_does_not_stop_the_others(run, source, tmp_path, capsys):
    damaged = shutil.copytree(source / "dicom", tmp_path / "dicom")
    gone, broken, *_ = sorted(damaged.iterdir())
    shutil.rmtree(gone)
    for series in scan_dicom.scan(broken).series:
        if "T1" in series.description.upper():
            Path(series.frames[len(series.frames) // 2].path).unlink()
    out = tmp_path / "result.csv"
    assert call(run.path, "--dicom", damaged, "--out", out) == 1
    found = rows(out)
    assert len(found) == 9
    failed = [row for row in found if row["error"]]
    assert len(failed) == 1
    assert failed[0]["class"] == failed[0]["prob:ring"] == ""
    assert str(tmp_path) not in out.read_text(encoding="utf-8")
    assert "failed: " in capsys.readouterr().out


def test_what_no_check_foresaw_fails_one_study(
    run, source, tmp_path, capsys, monkeypatch
):
    calls = []

    def breaks_once(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise ZeroDivisionError(f"in {source}")
        return read(*arguments)

    read = make_record.read_source
    monkeypatch.setattr(make_record, "read_source", breaks_once)
    out = tmp_path / "result.csv"
    assert call(run.path, "--dicom", source / "dicom", "--out", out) == 1
    failed = [row for row in rows(out) if row["error"]]
    assert len(failed) == 1 and len(rows(out)) == 10
    assert "reading the study ended in ZeroDivisionError" in failed[0]["error"]
    assert str(source) not in out.read_text(encoding="utf-8")


def test_options_are_refused_before_a_model_is_loaded(run, tmp_path, capsys):
    copy = shutil.copytree(run.path, tmp_path / "run")
    (copy / "model.keras").write_bytes(b"damaged")
    assert call(copy, "--dicom", tmp_path, "--covariates", "age=61") == 2
    assert "sees no covariates" in capsys.readouterr().err


def test_a_sequence_that_the_run_does_not_know(run, capsys):
    assert call(run.path, "--nifti", "FLAIR=a.nii") == 2
    assert "has the sequences T2WI, T1WI" in capsys.readouterr().err


def test_nifti_files_of_a_study(run, source, tmp_path):
    patient = sorted((source / "dicom").iterdir())[0]
    pairs = []
    for series in scan_dicom.scan(patient).series:
        for name in ("T1", "T2"):
            if name in series.description.upper() and series.plane == "axial":
                path = tmp_path / f"{name}.nii.gz"
                sitk.WriteImage(scan_dicom.read_image(series), str(path))
                pairs.append(f"{name}WI={path}")
                identity = series.patient_id
    out = tmp_path / "result.json"
    assert call(run.path, "--nifti", *pairs, "--out", out) == 0
    (result,) = json.loads(out.read_text(encoding="utf-8"))["results"]
    values = [result["probabilities"][name] for name in run.classes]
    np.testing.assert_allclose(values, known(run)[identity], atol=1e-3)


def test_all_folds_predict_by_their_mean_and_each(
    run, source, tmp_path, monkeypatch, capsys
):
    folds = tmp_path / "all"
    folds.mkdir()
    facts = {"digest": run.data_digest, "folds": ["0", "1"], "holdout": False}
    (folds / "cross_validation.json").write_text(json.dumps(facts), encoding="utf-8")
    shutil.copy(run.path / "recipe.toml", folds)
    for fold in ("0", "1"):
        copy = shutil.copytree(run.path, folds / f"fold-{fold}")
        (copy / "metrics.json").write_text("{}", encoding="utf-8")
    model = keras.models.load_model(folds / "fold-1" / "model.keras")
    model.set_weights([0.5 * weights for weights in model.get_weights()])
    model.save(folds / "fold-1" / "model.keras")
    out = {name: tmp_path / f"{name}.csv" for name in ("all", "fold-0", "fold-1")}
    for name in ("fold-0", "fold-1"):
        argv = (folds / name, "--dicom", source / "dicom", "--out", out[name])
        assert call(*argv) == 0
    scanned = []
    scan = scan_dicom.scan
    monkeypatch.setattr(
        scan_dicom, "scan", lambda *a, **k: scanned.append(1) or scan(*a, **k)
    )
    assert call(folds, "--dicom", source / "dicom", "--out", out["all"]) == 0
    assert len(scanned) == 1
    together, *each = (rows(out[name]) for name in out)
    for mean, first, second in zip(together, *each, strict=True):
        for name in ("class", "prob:ring", "prob:solid"):
            assert mean[f"fold_0.{name}"] == first[name]
            assert mean[f"fold_1.{name}"] == second[name]
        expected = (float(first["prob:ring"]) + float(second["prob:ring"])) / 2
        assert float(mean["prob:ring"]) == pytest.approx(expected, abs=1e-7)
    assert any(one["prob:ring"] != other["prob:ring"] for one, other in zip(*each))


def test_a_mask_for_a_task_that_crops_to_none(run, capsys):
    argv = ["--nifti", "T1WI=a.nii", "T2WI=b.nii", "--mask", "roi.nii"]
    assert call(run.path, *argv) == 2
    assert "a run whose task crops to a region" in capsys.readouterr().err


def test_a_task_that_crops_to_a_mask_wants_one(run, tmp_path, capsys):
    copy = shutil.copytree(run.path, tmp_path / "run")
    described = json.loads((copy / "dataset.json").read_text(encoding="utf-8"))
    described["task"]["steps"] |= {"roi_share": 0.8, "background_crop": False}
    (copy / "dataset.json").write_text(json.dumps(described), encoding="utf-8")
    for source in (["--dicom", "."], ["--nifti", "T1WI=a.nii", "T2WI=b.nii"]):
        assert call(copy, *source) == 2
        assert "its region by --mask" in capsys.readouterr().err


def test_a_nifti_file_that_is_none(run, tmp_path, capsys):
    (tmp_path / "a.nii.gz").write_bytes(b"")
    pairs = [f"{name}={tmp_path / 'a.nii.gz'}" for name in ("T1WI", "T2WI")]
    assert call(run.path, "--nifti", *pairs) == 1
    assert "study 1  failed: " in capsys.readouterr().out


def test_a_model_that_is_none(run, tmp_path, capsys):
    copy = shutil.copytree(run.path, tmp_path / "run")
    (copy / "model.keras").write_bytes(b"torn")
    assert call(copy, "--dicom", tmp_path) == 1
    assert "can't be loaded as a Keras model" in capsys.readouterr().err


def test_a_model_that_gives_no_number(run, source, tmp_path, capsys):
    copy = shutil.copytree(run.path, tmp_path / "run")
    model = keras.models.load_model(copy / "model.keras")
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    model.save(copy / "model.keras")
    out = tmp_path / "result.csv"
    assert call(copy, "--dicom", source / "dicom", "--out", out) == 1
    shown = capsys.readouterr().out
    assert "no finite probabilities for study 1" in shown
    with open(out, encoding="utf-8-sig", newline="") as file:
        errors = [row["error"] for row in csv.DictReader(file)]
    assert len(errors) > 1
    assert all("gives no valid prediction for this study" in text for text in errors)
    assert str(copy) not in out.read_text(encoding="utf-8")


def test_a_prediction_that_fails_unforeseen_is_that_studys_error(
    run, source, tmp_path, monkeypatch
):
    whole = predictor.Predictor.predict_each

    def fails_on_the_second(self, record, *, name):
        if name == "study 2":
            raise ZeroDivisionError("secret")
        return whole(self, record, name=name)

    monkeypatch.setattr(predictor.Predictor, "predict_each", fails_on_the_second)
    out = tmp_path / "result.csv"
    assert call(run.path, "--dicom", source / "dicom", "--out", out) == 1
    with open(out, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "predicting ended in ZeroDivisionError" in rows[1]["error"]
    assert not rows[0]["error"] and float(rows[0]["prob:ring"]) > 0
    assert "secret" not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--nifti", "T1WI"], "--nifti wants SEQ=FILE. Received: T1WI"),
        (["--nifti", "a=b", "a=c"], "--nifti names a twice"),
        (["--nifti", "a=b", "--with-ids"], "--with-ids wants --dicom"),
        (["--dicom", ".", "--out", "result.txt"], "ends in .csv or .json"),
        (["--dicom", ".", "--out", "no/such/r.csv"], "a directory that exists"),
        (["--dicom", ".", "--workers", "0"], "--workers wants 1 or more"),
    ],
)
def test_wrong_usage(arguments, message, capsys):
    assert call("run", *arguments) == 2
    assert message in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_found_before_the_work(
    run, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(predict.zoo, "load", None)
    assert call(run.path, "--dicom", ".", "--out", tmp_path / "no" / "r.csv") == 2
    (tmp_path / "r.csv").mkdir()
    assert call(run.path, "--dicom", ".", "--out", tmp_path / "r.csv") == 2
    assert "--out names a file. Received: the directory" in capsys.readouterr().err


def test_an_unfinished_run(run, tmp_path, capsys):
    copy = shutil.copytree(run.path, tmp_path / "run")
    (copy / "model.keras").unlink()
    assert call(copy, "--dicom", tmp_path) == 1
    assert "unfinished" in capsys.readouterr().err


def test_predictions_of_other_files_are_no_run(tmp_path, capsys):
    predictions_file.write(tmp_path / "predictions.csv", given([0, 1], [0.2, 0.8]))
    assert call(tmp_path, "--dicom", tmp_path) == 1
    assert "no run directory" in capsys.readouterr().err


def test_covariates_that_the_network_does_not_see(run, capsys):
    assert call(run.path, "--dicom", ".", "--covariates", "new.csv") == 2
    message = "sees no covariates. Leave --covariates out"
    assert message in capsys.readouterr().err
