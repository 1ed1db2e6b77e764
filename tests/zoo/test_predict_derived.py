"""A run whose channels are fitted to sequences that are none: DICOM to probabilities.

`zoo.predict --dicom` of the studies of a data set says what the data set's own records
say, by the run and by its export.
"""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from pipelines import command
from pipelines.ingestion.ingest_cohort import ingest
from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.records import directory as dataset_directory
from pipelines.records.shards import read
from pipelines.storage import config_files
from pipelines.tasks import task as tasks
from pipelines.tasks.sequence import Match, Sequence
from tests.zoo.prediction import networks
from tests.zoo.results import rows
from zoo import export, predict
from zoo.prediction import predictor
from zoo.recipes.recipe import Recipe

PLAN = Plan(patients=6, sequences=("T2WI", "DWI"), slices=(8, 9), matrix=(40, 44))
RECIPE = Recipe(arch="cnn3d", sequences=("fitted", "T2WI"))


def task_of(folder):
    """T2WI, in whose place the grid lies, and the fit, of sources that are hidden."""
    task = tasks.load(str(folder / "task.toml"))
    sources = tuple(
        Sequence(
            name=f"b{b}",
            channel=False,
            match=Match(b_value=(b, b), not_image_type=("ADC",)),
        )
        for b in (50, 400, 800)
    )
    fitted = Sequence(name="fitted", derive="adc(b50, b400, b800)")
    return dataclasses.replace(
        task,
        sequences=(*sources, task.sequences[0], fitted),
        grid=dataclasses.replace(task.grid, shape=(16, 16, 16), reference="T2WI"),
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return cohort.write(tmp_path_factory.mktemp("source") / "cohort", plan=PLAN)


@pytest.fixture(scope="module")
def data(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    request = Request(
        kind="dicom",
        source=source / "dicom",
        labels=source / "labels.csv",
        task=task_of(source),
        key=folder / "project.key",
        out=folder / "data",
    )
    return dataset_directory.open_dataset(ingest(request).path)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    return networks.run(folder / "run", task=data.task, recipe=RECIPE)


def records_of(data):
    return [one for shard in data.shards for one in read(data.shard_path(shard))]


def expected(run, data):
    """What the network says of the data set's records, in any order."""
    loaded = predictor.load(run.path)
    return np.sort(loaded.predict_records(records_of(data))["probabilities"][:, 0])


def predicted(path, source, out):
    argv = [str(path), "--dicom", str(source / "dicom"), "--out", str(out)]
    assert command.run(predict.main, argv) == 0
    return np.sort([float(row["prob:ring"]) for row in rows(out)])


def test_new_studies_are_what_their_records_are(run, data, source, tmp_path):
    wanted = expected(run, data)
    assert np.ptp(wanted) > 1e-3  # or equality would prove nothing
    found = predicted(run.path, source, tmp_path / "result.csv")
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_the_task_of_a_run_knows_what_is_no_channel(run, data, tmp_path):
    written = tmp_path / "task.toml"
    written.write_text(config_files.to_toml(run.task), encoding="utf-8")
    assert run.task.spec == data.task.spec == tasks.load(str(written)).spec
    assert run.task.sequences == data.task.sequences
    assert run.channels == ("fitted", "T2WI")
    assert run.task.acquired == ("b50", "b400", "b800", "T2WI")


@pytest.mark.slow
def test_an_export_takes_the_channels_of_the_same_records(run, data, tmp_path):
    models = tmp_path / "models"
    argv = [str(run.path), "--name", "fitted", "--to", str(models)]
    assert command.run(export.main, argv) == 0
    served = tf.saved_model.load(str(models / "fitted" / "1"))
    named = served.signatures["serving_default"].structured_input_signature[1]
    assert {name: spec.shape[1:].as_list() for name, spec in named.items()} == {
        "volume": [16, 16, 16, 2],
        "fill": [2],
        "present": [2],
    }
    answer = served.signatures["serve_examples"](tf.constant(records_of(data)))
    found = np.sort(answer["probabilities"][:, 0])
    np.testing.assert_allclose(found, expected(run, data), atol=1e-6)
