"""Phantom series -> a run that names series -> series.csv -> a data set by it."""

import csv
import dataclasses
import json
from types import SimpleNamespace

import pytest

from pipelines import command
from pipelines import ingest as ingest_command
from pipelines.batches import dataset
from pipelines.batches.settings import BatchSettings
from pipelines.ingestion.ingest_cohort import ingest
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.records import directory as dataset_directory
from pipelines.tasks import task as tasks
from zoo import name_series
from zoo.architectures import registry
from zoo.classifier import classifier
from zoo.evaluation.last_stage import stage_file
from zoo.evaluation.predictions import predictions_file
from zoo.prediction import finished_runs
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run
from zoo.targets.standardisation import NOTHING
from zoo.targets.target_output import outputs_of_run
from zoo.training.loop.inference import Inference
from zoo.training.model_predictions import collect

PLAN = Plan(
    patients=6, sequences=("T2WI", "DWI", "ADC"), slices=(8, 10), matrix=(40, 48)
)
RECIPE = Recipe(arch="cnn3d")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)


@pytest.fixture(scope="module")
def task():
    whole = tasks.load("prostate_sequences")
    split = dataclasses.replace(whole.split, train=1.0, validation=0.0, test=0.0)
    grid = dataclasses.replace(whole.grid, shape=(16, 16, 16))
    return dataclasses.replace(whole, grid=grid, split=split)


@pytest.fixture(scope="module")
def run(source, task, tmp_path_factory):
    """A run with random weights."""
    folder = tmp_path_factory.mktemp("run")
    done = ingest(
        Request(
            kind="dicom",
            source=source / "dicom",
            task=task,
            key=folder / "project.key",
            out=folder / "data",
        )
    )
    made = Run.create(
        folder / "run",
        recipe=RECIPE,
        data_set_json=(done.path / "dataset.json").read_text(encoding="utf-8"),
        fold=None,
        environment={"options": {}},
    )
    model = classifier.build(
        RECIPE,
        registry.get(RECIPE.arch),
        shape=task.record_shape,
        target_outputs=outputs_of_run(task, NOTHING),
        seed=0,
    ).inference
    model.save(made.model_path)
    settings = BatchSettings(
        channels=("series",), normalisation=RECIPE.normalisation, batch_size=4
    )
    data = dataset_directory.open_dataset(done.path)
    trained = Inference(model).predict(
        dataset.eval_batches(data, settings, split="train"), name="train"
    )
    collected = collect({"train": trained}, made.target_outputs[0], None)
    predictions_file.write(made.predictions_path, collected)
    return made


def call(*arguments):
    return command.run(name_series.main, [str(argument) for argument in arguments])


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def named(run, source, tmp_path_factory):
    out = tmp_path_factory.mktemp("named") / "sorted"
    arguments = ("--dicom", source / "dicom", "--out", out)
    code = call("--run", run.path, *arguments, "--bids", "--threshold", 0)
    assert code == 0
    return out


def test_a_row_for_each_series(named, task):
    found = rows(named / "series.csv")
    assert len({row["series_id"] for row in found}) == len(found) > 6
    assert {row["sequence"] for row in found} <= {*task.target.classes, "unknown"}
    assert {"T2WI_nan", "ADC_map"} <= {row["rule"] for row in found}
    assert any("#b=" in row["series_id"] for row in found)


def test_links_lead_to_the_originals(named, source):
    links = [path for path in (named / "bids").rglob("*.dcm")]
    assert links
    assert all(link.is_symlink() for link in links)
    originals = (source / "dicom").resolve()
    assert all(link.resolve().is_relative_to(originals) for link in links)
    assert not any("PHANTOM" in str(link.relative_to(named)) for link in links)


def test_below_the_threshold_all_is_unknown(run, source, tmp_path):
    out = tmp_path / "series.csv"
    dicom = ("--dicom", source / "dicom", "--out", out)
    assert call("--run", run.path, *dicom, "--threshold", 1) == 0
    assert {row["sequence"] for row in rows(out)} == {"unknown"}


def test_a_damaged_series_has_its_reason(run, source, tmp_path):
    dicom = tmp_path / "dicom"
    dicom.mkdir()
    first, second = sorted(path for path in (source / "dicom").iterdir())[:2]
    for number, path in enumerate(sorted(first.rglob("*"))):
        if path.is_file():
            content = path.read_bytes()
            (dicom / f"{number}.dcm").write_bytes(content)
    whole = sorted(dicom.iterdir())
    whole[3].unlink()
    out = tmp_path / "series.csv"
    code = call("--run", run.path, "--dicom", dicom, "--out", out)
    bad = [row for row in rows(out) if not row["sequence"]]
    assert code == 1
    assert bad
    assert all(row["reason"] for row in bad)
    assert len(bad) < len(rows(out))


def test_the_table_feeds_ingest(named, source, tmp_path):
    names = sorted({r["sequence"] for r in rows(named / "series.csv")} - {"unknown"})
    file = tmp_path / "task.toml"
    file.write_text(
        'name = "fed"\nunit = "series"\n'
        + "".join(f'[[sequences]]\nname = "{name}"\n' for name in names)
        + '[target]\ncolumns = ["label"]\nclasses = ["ring", "solid"]\n'
        '[grid]\norientation = "axial"\nfit = "resize"\nshape = [8, 16, 16]\n'
        '[split]\nkind = "fractions"\ntrain = 1.0\nvalidation = 0.0\ntest = 0.0\n',
        encoding="utf-8",
    )
    arguments = (
        *("--dicom", source / "dicom", "--series", named / "series.csv"),
        *("--labels", source / "labels.csv", "--task", file, "--workers", 1),
        *("--key", tmp_path / "project.key", "--out", tmp_path / "data"),
    )
    code = command.run(ingest_command.main, [str(each) for each in arguments])
    assert code == 0
    text = (tmp_path / "data" / "dataset.json").read_text(encoding="utf-8")
    assert len(json.loads(text)["series_file_sha256"]) == 64
    assert "PHANTOM" not in text


def test_a_reject_rule_wants_no_threshold(run, source, tmp_path, monkeypatch, capsys):
    stage = SimpleNamespace(reject="largest")
    monkeypatch.setattr(stage_file, "of_runs", lambda runs: (stage,))
    dicom = ("--dicom", source / "dicom", "--out", tmp_path / "series.csv")
    assert call("--run", run.path, *dicom, "--threshold", 0.5) == 2
    assert "has a reject rule, which says what is unknown" in capsys.readouterr().err


def test_a_network_that_sees_covariates_is_refused(
    run, source, tmp_path, monkeypatch, capsys
):
    head = dataclasses.replace(run.recipe.head, covariates=("age",))
    recipe = dataclasses.replace(run.recipe, head=head)
    other = dataclasses.replace(run, recipe=recipe)
    monkeypatch.setattr(finished_runs, "by_fold", lambda path: {"": other})
    dicom = ("--dicom", source / "dicom", "--out", tmp_path / "series.csv")
    assert call("--run", run.path, *dicom) == 2
    assert "also sees covariates" in capsys.readouterr().err
