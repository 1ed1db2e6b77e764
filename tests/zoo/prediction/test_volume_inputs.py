"""What a served volume becomes is what its record becomes, bit for bit."""

import dataclasses
import math

import numpy as np
import pytest
import tensorflow as tf

from pipelines.records import decode
from pipelines.tasks.sequence import Sequence
from tests.pipelines.records import small
from tests.zoo.prediction import networks
from zoo.prediction.record_outputs import record_inputs
from zoo.prediction.volume_inputs import lets_studies_lack, volume_inputs

KINDS = ("zscore", "percentile", "equalise", "none")


def served(records, task):
    """What a client gives: the records' decoded volumes and fill values."""
    parse = decode.parser(task, require_target=False)
    parsed = [parse(record) for record in records]
    given = {name: tf.stack([p[name] for p in parsed]) for name in ("volume", "fill")}
    return given, parsed


def volume_of(inputs):
    return inputs["volume"] if isinstance(inputs, dict) else inputs


@pytest.mark.parametrize("kind", KINDS)
def test_volumes_are_normalised_as_their_records(tmp_path, kind):
    recipe = dataclasses.replace(networks.TURNED, normalisation=kind)
    run = networks.run(tmp_path / "run", recipe=recipe)
    records = [
        networks.record(networks.voxels(seed) - 5, fill=(-5.0, -5.0))
        for seed in range(3)
    ]
    given, _ = served(records, run.task)
    of_volumes = tf.function(volume_inputs(run), jit_compile=False)(given)
    of_records = tf.function(record_inputs(run), jit_compile=False)(
        tf.constant(records)
    )
    assert np.ptp(of_records) > 0
    np.testing.assert_array_equal(of_volumes, of_records)


def test_what_a_study_lacks_is_not_looked_at(tmp_path):
    run = networks.run(tmp_path / "run", task=networks.OPTIONAL)
    lacking = networks.voxels()
    lacking[..., 1] = 0
    record = networks.record(lacking, run.task, present=(1, 0))
    given, _ = served([networks.record(networks.voxels(), run.task)], run.task)
    of_volume = volume_inputs(run)({**given, "present": tf.constant([[1, 0]])})
    np.testing.assert_array_equal(of_volume, record_inputs(run)(tf.constant([record])))


def test_covariates_are_encoded_inside(tmp_path):
    run = networks.run(
        tmp_path / "run",
        task=networks.CLINICAL,
        recipe=networks.SEES_COVARIATES,
        standards=networks.STANDARDS,
    )
    numbers = (math.nan, 38.5, 1.0)  # weight, age, sex
    record = networks.record(networks.voxels(), run.task, covariates=numbers)
    given, _ = served([record], run.task)
    raw = tf.constant([[1.0, 38.5]])  # sex, age: what the network sees, in its order
    inputs = volume_inputs(run)({**given, "covariates": raw})
    expected = record_inputs(run)(tf.constant([record]))
    np.testing.assert_array_equal(inputs["covariates"], expected["covariates"])
    assert inputs["covariates"].numpy().tolist() == [
        [0.0, 1.0, 0.0, pytest.approx(-1.15), 0.0]
    ]


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        (
            "volume",
            (1, 8, 8, 9, 2),
            r"volume of the task small .channels T1, T2. is .B, ",
        ),
        ("volume", (), r"is \[B, 8, 8, 8, 2\], with the B of volume"),
        ("fill", (2, 2), r"fill of the task small .* is \[B, 2\]"),
        ("fill", (2,), r"is \[B, 2\].*\n?.*Received:.*\n?.*2"),
    ],
)
def test_shapes_of_another_task(tmp_path, name, shape, message):
    run = networks.run(tmp_path / "run")
    given = {"volume": tf.zeros([1, 8, 8, 8, 2]), "fill": tf.zeros([1, 2])}
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        volume_inputs(run)({**given, name: tf.zeros(shape)})


def test_only_a_study_of_several_sequences_can_lack_one():
    assert not lets_studies_lack(networks.TASK)
    assert lets_studies_lack(networks.OPTIONAL)
    source = Sequence(name="b50", channel=False, required=False)
    grid = dataclasses.replace(networks.TASK.grid, reference="b50")
    sequences = (source, *networks.TASK.sequences)
    assert not lets_studies_lack(
        dataclasses.replace(networks.TASK, sequences=sequences, grid=grid)
    )
    series = dataclasses.replace(
        small.task(), unit="series", sequences=(Sequence(name="T1"),)
    )
    assert not lets_studies_lack(series)
