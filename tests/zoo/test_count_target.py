"""A fifth kind of target is one value and one entry in each mapping by kind."""

import csv
import dataclasses
import json

import keras
import numpy as np
import pytest
import SimpleITK as sitk
from sklearn.metrics import mean_absolute_error, mean_poisson_deviance

from pipelines import command
from pipelines.cohort import labels
from pipelines.errors import StudyError
from pipelines.tasks.target import Target
from tests.pipelines.records import small
from tests.zoo import count_target
from zoo import predict
from zoo.evaluation import evidence_text
from zoo.evaluation.headline import headline
from zoo.evaluation.predictions import predictions_file
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Evaluation, Head, Recipe
from zoo.runs import history
from zoo.runs.run import Run
from zoo.training import new_run, train_run

SPLITS = {("train", ""): 12, ("validation", ""): 8, ("test", ""): 8}
RECIPE = Recipe(
    arch="cnn3d",
    head=Head(covariates=("age",), units=(4,)),
    optimisation=Optimisation(epochs=2, batch_size=4),
    evaluation=Evaluation(bootstrap=200),
)


@pytest.fixture(scope="module", autouse=True)
def count_kind():
    with pytest.MonkeyPatch.context() as monkeypatch:
        count_target.add(monkeypatch)
        yield


@pytest.fixture(scope="module")
def task(count_kind):
    target = Target(kind="count", columns=("lesions",))
    made = small.task(shape=(16, 16, 16), covariates=("age",))
    return dataclasses.replace(made, target=target)


@pytest.fixture(scope="module")
def run(task, tmp_path_factory):
    """A trained run on samples with 0, 1, 2, 3, 0, ... lesions."""
    folder = tmp_path_factory.mktemp("count")
    (folder / "data").mkdir()
    data = small.data_set(
        folder / "data", task, SPLITS, target_of=lambda n: (float(n % 4),)
    )
    begun = new_run.begin(
        folder / "run", recipe=RECIPE, data=data, fold=None, options={}
    )
    train_run.train(begun, data)
    return Run.open(begun.path)


@pytest.fixture
def evidence(run):
    return json.loads(run.metrics_path.read_text(encoding="utf-8"))


def truth_and_rates(run, split):
    """What the run's file says of a split, `[N]` each."""
    target = run.target_outputs[0].target
    predictions = predictions_file.read(run.predictions_path, target)
    rows = [row for row, name in enumerate(predictions.split) if name == split]
    return predictions.truth[rows, 0], predictions.outputs["pred"][rows, 0]


def test_it_is_read_as_the_kind_says(task, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("patient_id,lesions,age\na,3,40\nb,2.5,50\n", encoding="utf-8")
    read = labels.read(path, task)
    ids = {"study_id": "", "series_id": ""}
    assert read.find(patient_id="a", **ids).target == (3.0,)
    with pytest.raises(StudyError, match="not a whole number of 0 or more") as error:
        read.find(patient_id="b", **ids)
    assert "Write a whole number of 0 or more in" in error.value.cure


def test_it_is_learned(run):
    first, last = history.read(run.history_path)
    assert run.recipe.optimisation.monitor == "val_loss"
    assert last.loss < first.loss
    best = history.best((first, last), "val_loss")
    truth, rates = truth_and_rates(run, "validation")
    wanted = np.mean(rates - truth * np.log(rates))
    assert best.val_loss == pytest.approx(wanted, rel=1e-5)
    assert best.val_mae == pytest.approx(mean_absolute_error(truth, rates), rel=1e-5)
    model = keras.models.load_model(run.model_path)
    assert model.output.keys() == {"rates", "features"}


def test_it_is_judged(run, evidence):
    truth, rates = truth_and_rates(run, "test")
    level = evidence["splits"]["test"]["patient"]
    deviance = mean_poisson_deviance(truth, rates)
    assert level["deviance"]["value"] == pytest.approx(deviance)
    assert level["mae"]["value"] == pytest.approx(mean_absolute_error(truth, rates))
    assert {*evidence["baseline"]["splits"]["test"]["patient"]} == {*level}


def test_its_evidence_is_shown(run, evidence):
    assert headline(evidence).startswith("Mean Poisson deviance of the test split")
    shown = evidence_text.text(evidence)
    assert "a Poisson regression on age alone" in shown and "deviance" in shown
    assert evidence["figures"]["counts_test.png"] == ""
    assert (run.path / "figures" / "counts_test.png").is_file()


def test_it_is_predicted(run, tmp_path, capsys):
    voxels = np.random.default_rng(0).integers(1, 900, (16, 16, 16)).astype(np.int16)
    path, out = tmp_path / "volume.nii.gz", tmp_path / "predicted.csv"
    sitk.WriteImage(sitk.GetImageFromArray(voxels), str(path))
    argv = [str(run.path), "--nifti", f"T1={path}", f"T2={path}"]
    argv += ["--covariates", "age=40", "--out", str(out)]
    assert command.run(predict.main, argv) == 0
    (row,) = csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    rate = float(row["pred:lesions"])
    assert rate > 0 and not row["error"]
    assert f"lesions {rate:.2f}" in capsys.readouterr().out
