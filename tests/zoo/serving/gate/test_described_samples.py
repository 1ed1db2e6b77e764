import numpy as np
import pytest
import tensorflow as tf

from tests.zoo.prediction import networks
from tests.zoo.serving import exported
from tests.zoo.serving.exporting import kinds
from tests.zoo.serving.gate import in_process, models
from zoo.serving.background_record import background_record
from zoo.serving.gate import described_samples, served_graph

REQUESTS = tf.TensorSpec([None], tf.string, name="request")


@pytest.fixture(autouse=True)
def _in_this_process():
    with in_process.gate():
        yield


def samples(path):
    graph, _ = served_graph.read(path)
    return described_samples.samples(path, graph.signatures)


def describing(path, text):
    """A model of others whose `describe` answers a text, or something else."""
    return models.save(
        path,
        lambda _, request: {"task": tf.fill(tf.shape(request), text)},
        REQUESTS,
        name="describe",
    )


def test_records_and_volumes_of_the_task_that_it_describes(tmp_path):
    path = exported.model(tmp_path / "root", **kinds.SETTINGS["covariates"])
    given = samples(path)
    record = background_record(networks.CLINICAL)
    assert given["examples"].tolist() == [record] * 2
    assert given["request"].tolist() == [b""] * 2
    assert given["volume"].shape == (2, *networks.SHAPE, 2)
    assert given["fill"].tolist() == [[0, 0]] * 2
    np.testing.assert_array_equal(given["covariates"], np.zeros((2, 2)))


@pytest.mark.parametrize("text", ["no task", '{"format": 1}', 1.5])
def test_what_others_describe_is_no_task(text, tmp_path):
    assert samples(describing(tmp_path, text)) == {}


def test_a_model_that_describes_nothing_is_not_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(described_samples.loading, "load", None)
    assert samples(models.doubled(tmp_path)) == {}


def test_a_signature_describe_of_other_inputs_is_not_asked(tmp_path, monkeypatch):
    path = models.save(tmp_path, lambda _, rows: {"task": rows}, name="describe")
    monkeypatch.setattr(described_samples.loading, "load", None)
    assert samples(path) == {}
