import dataclasses

import numpy as np

from pipelines.canonical.canonicalise import Canonical
from pipelines.records.encode import Sample, encode
from tests.zoo.serving.client.served import DESCRIPTION, TASK
from zoo.serving.client.record_inputs import inputs
from zoo.serving.description import Description


def record(task, covariates=(80.0, np.nan)):
    voxels = np.random.default_rng(0).normal(100, 30, task.record_shape)
    voxels[:1] = -1
    sample = Sample(
        sample_id="",
        study_id="",
        patient_id="",
        canonical=Canonical(
            voxels=voxels.astype(np.float32),
            fill=(-1.0, 2.5)[: len(task.channels)],
            present=(1, 0)[: len(task.channels)],
            affine=np.eye(4),
        ),
        covariates=covariates,
    )
    return voxels, encode(sample, task).record


def test_a_record_as_it_is():
    given = inputs(b"\0record\0", "serve_examples", DESCRIPTION)
    assert given["examples"].tolist() == [b"\0record\0"]


def test_a_volume_as_the_record_decodes():
    voxels, made = record(TASK)
    given = inputs(made, "serving_default", DESCRIPTION)
    assert [*given] == ["volume", "fill", "present", "covariates"]
    assert given["volume"].dtype == given["fill"].dtype == np.float32
    np.testing.assert_allclose(given["volume"][0], voxels, atol=0.01)
    assert given["fill"].tolist() == [[-1.0, 2.5]]
    assert given["present"].dtype == np.int64
    assert given["present"].tolist() == [[1, 0]]


def test_covariates_are_those_that_the_network_sees_in_its_order():
    _, made = record(TASK, covariates=(80.0, 61.0))
    both = dataclasses.replace(DESCRIPTION, covariates=("age", "weight"))
    assert inputs(made, "serving_default", both)["covariates"].tolist() == [[61, 80]]
    (one,) = inputs(made, "serving_default", DESCRIPTION)["covariates"].tolist()
    assert one == [61]


def test_what_the_model_does_not_want_is_not_there():
    plain = dataclasses.replace(TASK, sequences=TASK.sequences[:1], covariates=())
    described = Description(task=plain, channels=("T1",))
    _, made = record(plain, covariates=())
    assert [*inputs(made, "serving_default", described)] == ["volume", "fill"]
