"""A network that also sees covariates: ingest, evaluation and prediction agree."""

import csv
import dataclasses
import json

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines import command
from pipelines.batches import dataset
from pipelines.batches.settings import BatchSettings
from pipelines.ingestion.ingest_cohort import ingest
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort, examination
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan
from pipelines.records.directory import open_dataset
from pipelines.tasks import task as tasks
from pipelines.tasks.target import Target
from zoo import predict
from zoo.architectures import registry
from zoo.classifier import classifier, heads
from zoo.evaluation.predictions import predictions_file
from zoo.recipes.recipe import Head, Recipe
from zoo.runs.run import Run
from zoo.training.data.standardise import standards
from zoo.training.loop.inference import Inference
from zoo.training.model_predictions import collect

PLAN = Plan(patients=6, sequences=("T2WI",), slices=(8, 9), matrix=(24, 28))
RECIPE = Recipe(arch="cnn3d", head=Head(covariates=("sex", "age")))
CELLS = ("61,M", "54,F", ",M", "49,", "70,F", "38.5,M")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The phantoms; labels.csv has the columns age and sex too."""
    path = cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)
    header, *lines = (path / "labels.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{line},{cells}" for line, cells in zip(lines, CELLS, strict=True)]
    (path / "labels.csv").write_text(
        "\n".join([f"{header},age,sex", *lines, ""]), encoding="utf-8"
    )
    return path


@pytest.fixture(scope="module")
def run(source, tmp_path_factory):
    """A run with random weights, whose predictions come from the evaluation batches."""
    folder = tmp_path_factory.mktemp("run")
    whole = tasks.load(str(source / "task.toml"))
    small = dataclasses.replace(
        whole,
        grid=dataclasses.replace(whole.grid, shape=(16, 16, 16)),
        split=tasks.Split(train=1.0, validation=0.0, test=0.0),
        covariates=("weight", "age", "sex"),
        covariate_levels={"sex": ("F", "M")},
        further_targets=(Target(kind="regression", columns=("fat",), name="fat"),),
    )
    labels = folder / "labels.csv"
    header, *lines = (source / "labels.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{line},80,{10 + i}" for i, line in enumerate(lines)]
    labels.write_text("\n".join([f"{header},weight,fat", *lines, ""]), encoding="utf-8")
    request = Request(
        kind="dicom",
        source=source / "dicom",
        labels=labels,
        task=small,
        key=folder / "project.key",
        out=folder / "data",
    )
    data = open_dataset(ingest(request).path)
    made = Run.create(
        folder / "run",
        recipe=RECIPE,
        data_set_json=(folder / "data" / "dataset.json").read_text(encoding="utf-8"),
        fold=None,
        environment={"options": {}},
        standards=standards(data, RECIPE, None),
    )
    model = network(made)
    model.save(made.model_path)
    settings = BatchSettings(
        normalisation=RECIPE.normalisation,
        encoding=made.standards.encoding,
        batch_size=4,
    )
    batches = dataset.eval_batches(data, settings, split="train")
    model_outputs = Inference(model).predict(batches, name="train")
    for target_output in made.target_outputs:
        found = collect({"train": model_outputs}, target_output, None)
        predictions_file.write(made.predictions_of(target_output.target.name), found)
    return made


def network(made):
    covariates = len(made.standards.encoding.names)
    model = classifier.build(
        RECIPE,
        registry.get(RECIPE.arch),
        shape=made.task.record_shape,
        target_outputs=made.target_outputs,
        seed=0,
        covariates=covariates,
    ).inference
    kernel = np.linspace(-2, 2, covariates)[:, None] * [1, -1]
    model.get_layer("head").get_layer(heads.COVARIATE_LOGITS).set_weights([kernel])
    return model


def call(*arguments):
    return command.run(predict.main, [str(argument) for argument in arguments])


def rows(path):
    with open(path, encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def known(run):
    """The first class' probability in predictions.csv by the source's patient id."""
    linkage = rows(run.path.parent / "linkage.csv")
    names = {r["pseudonym"]: r["source_id"] for r in linkage if r["kind"] == "patient"}
    found = predictions_file.read(run.predictions_path, run.task.target)
    shares = found.probabilities[:, 0]
    return {names[one]: shares[i] for i, one in enumerate(found.patient_id)}


def test_a_file_of_covariates_gives_what_evaluation_gave(run, source, tmp_path):
    out = tmp_path / "result.csv"
    arguments = (run.path, "--dicom", source / "dicom", "--out", out, "--with-ids")
    assert call(*arguments, "--covariates", source / "labels.csv") == 0
    expected, found = known(run), rows(out)
    assert {row["patient_id"] for row in found} == {*expected}
    assert np.ptp([*expected.values()]) > 0.1  # or equality would prove nothing
    for row in found:
        value = float(row[f"prob:{run.classes[0]}"])
        assert value == pytest.approx(expected[row["patient_id"]], abs=1e-6)


def test_further_targets_are_predicted_in_their_units(run, source, tmp_path):
    out = tmp_path / "result.csv"
    arguments = (run.path, "--dicom", source / "dicom", "--out", out)
    assert call(*arguments, "--covariates", source / "labels.csv") == 0
    found = sorted(float(row["fat.pred:fat"]) for row in rows(out))
    evaluated = predictions_file.read(run.predictions_of("fat"))
    wanted = sorted(evaluated.outputs["pred"][:, 0])
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    assert 5 < found[0] < found[-1] < 20  # about the mean of 10 to 15


def test_a_study_without_a_row_fails_alone(run, source, tmp_path, capsys):
    lines = (source / "labels.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "new.csv").write_text(
        "\n".join([*lines[:2], *lines[3:], ""]), encoding="utf-8"
    )
    arguments = (run.path, "--dicom", source / "dicom", "--covariates")
    assert call(*arguments, tmp_path / "new.csv") == 1
    shown = capsys.readouterr().out
    assert shown.count("failed: no row of the file of covariates has its patient_") == 1
    assert shown.count("Add a row with sex, age") == 1


def test_covariates_of_one_study_by_name(run, source, tmp_path):
    identity, age, sex = examination.patient_id(PLAN, 1), "54", "F"
    path = tmp_path / "t2.nii.gz"
    for series in scan.scan(source / "dicom").series:
        wanted = series.patient_id == identity and series.plane == "axial"
        if wanted and "T2" in series.description.upper():
            sitk.WriteImage(scan.read_image(series), str(path))
    out = tmp_path / "result.json"
    arguments = (run.path, "--nifti", f"T2WI={path}", "--out", out, "--covariates")
    assert call(*arguments, f"age={age}", f"sex={sex}") == 0
    (result,) = json.loads(out.read_text(encoding="utf-8"))["results"]
    value = result["probabilities"][run.classes[0]]
    assert value == pytest.approx(known(run)[identity], abs=1e-3)
    out.unlink()
    assert call(*arguments, "age=", "sex=") == 0
    (unknown,) = json.loads(out.read_text(encoding="utf-8"))["results"]
    assert abs(unknown["probabilities"][run.classes[0]] - value) > 0.01


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dicom", "."], "sees sex, age. Give them by --covariates"),
        (["--dicom", ".", "--covariates", "no.csv"], "wants one table. Received"),
        (["--nifti", "T2WI=a", "--covariates", "age"], "wants NAME=VALUE here"),
        (["--nifti", "T2WI=a", "--covariates", "age=", "age=1"], "names age twice"),
        (["--nifti", "T2WI=a", "--covariates", "age=1"], "wanted are sex, age; write"),
    ],
)
def test_wrong_usage(run, arguments, message, capsys):
    assert call(run.path, *arguments) == 2
    assert message in capsys.readouterr().err
