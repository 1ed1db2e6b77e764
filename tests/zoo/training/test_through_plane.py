"""What slices one by one can't tell: the phantom's sign through the plane."""

import dataclasses
import math

import pytest

from pipelines.ingestion import ingest_cohort as ingestion
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.records.directory import open_dataset
from pipelines.tasks.task import Grid, Split, load
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Evaluation, Recipe
from zoo.training import new_run, train_run

PLAN = Plan(patients=90, sign="through_plane", matrix=(64, 80))
SPLIT = Split(kind="fractions", train=0.5, validation=0.1, test=0.4)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The cohort as DICOM, ingested onto a grid of 12 x 48 x 48."""
    folder = tmp_path_factory.mktemp("through_plane")
    source = cohort.write(folder / "cohort", plan=PLAN, workers=2)
    task = dataclasses.replace(
        load(str(source / "task.toml")),
        grid=Grid(orientation="axial", fit="resize", shape=(12, 48, 48)),
        split=SPLIT,
    )
    key = folder / "test.key"
    key.write_text(
        "0" * 64 + "\n", encoding="utf-8"
    )  # the same split wherever the test runs
    request = Request(
        kind="dicom",
        source=source / "dicom",
        labels=source / "labels.csv",
        task=task,
        out=folder / "records",
        key=key,
        workers=2,
    )
    return open_dataset(str(ingestion.ingest(request).path))


def held_out(path, data, arch, **optimisation):
    """Evidence of the test split after training."""
    recipe = Recipe(
        arch=arch,
        optimisation=Optimisation(**optimisation),
        evaluation=Evaluation(bootstrap=200),
    )
    run = new_run.begin(path, recipe=recipe, data=data, fold=None, options={})
    return train_run.train(run, data)["splits"]["test"]["patient"]


def error_of_chance(positives, negatives):
    """Standard error of an AUC whose true value is 0.5 (Hanley and McNeil, 1982)."""
    pairs = positives * negatives
    return math.sqrt((0.25 + (positives + negatives - 2) * (1 / 3 - 0.25)) / pairs)


@pytest.mark.slow
def test_a_3d_network_learns_the_sign_through_the_plane(data, tmp_path):
    found = held_out(tmp_path / "run", data, "cnn3d", epochs=8, learning_rate=1e-3)
    assert found["auc"]["value"] >= 0.9


@pytest.mark.slow
def test_a_network_of_single_slices_stays_at_chance(data, tmp_path):
    found = held_out(tmp_path / "run", data, "inception", epochs=6)
    counts = found["samples_per_class"].values()
    assert found["auc"]["value"] == pytest.approx(
        0.5, abs=2.6 * error_of_chance(*counts)
    )
