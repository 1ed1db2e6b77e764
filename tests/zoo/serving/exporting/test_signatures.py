"""What an exported version answers is what the run answers, by every signature."""

import numpy as np
import pytest
import tensorflow as tf

from tests.pipelines.records import small
from tests.zoo.prediction import networks
from tests.zoo.serving import exported
from tests.zoo.serving.exporting import kinds
from zoo.prediction import predictor
from zoo.prediction.decoded_records import decoded
from zoo.prediction.record_outputs import record_outputs
from zoo.serving.description import Description


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("exported") / "root"


@pytest.fixture(scope="module", params=[*kinds.SETTINGS, "folds"])
def served(request, root):
    """The run's predictor, the loaded SavedModel, and records."""
    kind, run = request.param, exported.run_path(root, request.param)
    if kind == "folds":
        path, kind = exported.folds(root, name="folds"), "classes"
    else:
        path = exported.model(root, name=kind, **kinds.SETTINGS[kind])
    return predictor.load(run), tf.saved_model.load(str(path)), kinds.records(kind)


def answers(model, signature, **given):
    tensors = {name: tf.constant(values) for name, values in given.items()}
    outputs = model.signatures[signature](**tensors)
    return {name: predictor.as_numpy(values) for name, values in outputs.items()}


def volumes(of_run, records):
    task, head = of_run.run.task, of_run.run.recipe.head
    return decoded(records, task, head.covariates)


def assert_equal(found, expected):
    assert {*found} == {*expected}
    for name, values in expected.items():
        if values.dtype.kind == "f":
            assert found[name].dtype == np.float32
            np.testing.assert_allclose(found[name], values, rtol=1e-5, atol=1e-6)
        else:
            np.testing.assert_array_equal(found[name], values)


@pytest.mark.parametrize("size", [1, 3])
def test_records(served, size):
    of_run, model, records = served
    records = records[:size]
    expected = of_run.answer_records(records)
    assert_equal(answers(model, "serve_examples", examples=records), expected)
    numbers = of_run.run.target_outputs[0].shown_output
    if size > 1:
        assert np.ptp(expected[numbers], axis=0).max() > 1e-3  # else it proves nothing


@pytest.mark.parametrize("size", [1, 3])
def test_volumes(served, size):
    of_run, model, records = served
    given = volumes(of_run, records[-size:])
    expected = of_run.answer_records(records[-size:])
    assert_equal(answers(model, "serving_default", **given), expected)


def test_names_kinds_and_shapes_of_inputs(served):
    of_run, model, _ = served
    task, wanted = of_run.run.task, of_run.run.recipe.head.covariates
    expected = {"volume": (tf.float32, (8, 8, 8, 2)), "fill": (tf.float32, (2,))}
    if task == networks.OPTIONAL:
        expected["present"] = (tf.int64, (2,))
    if wanted:
        expected["covariates"] = (tf.float32, (2,))
    _, inputs = model.signatures["serving_default"].structured_input_signature
    assert {
        name: (spec.dtype, tuple(spec.shape[1:])) for name, spec in inputs.items()
    } == expected
    assert {spec.shape[0] for spec in inputs.values()} == {None}


def test_features_are_those_before_the_head(served):
    of_run, model, records = served
    if of_run.folds:
        assert "features" not in model.signatures
        return
    features = answers(model, "features", examples=records)["features"]
    network = predictor.network_of(of_run.run)
    assert (features.dtype, features.shape) == (np.float32, (3, 128))
    of_network = record_outputs(of_run.run, network)(tf.constant(records))
    expected = of_network["features"].numpy()
    size = max(1.0, np.abs(expected).max())  # by which small entries are rounded too
    np.testing.assert_allclose(features / size, expected / size, rtol=0, atol=1e-5)


def test_the_task_comes_back_from_describe(served):
    of_run, model, _ = served
    described = answers(model, "describe", request=[b"", b"anything"])
    run = of_run.run
    assert {*described} == {"task", "model", "spec"}
    assert described["spec"].tolist() == [run.task.spec] * 2
    task = Description.from_json(described["task"][1])
    assert task.task == run.task
    assert task.task.spec == run.task.spec
    assert task.covariates == run.recipe.head.covariates
    assert task.channels == run.channels


def test_a_record_of_another_task_gets_an_error_and_no_number(root):
    model = tf.saved_model.load(str(exported.model(root, name="spec")))
    task = small.task(channels=("T1", "FLAIR"), shape=networks.SHAPE)
    records = [
        networks.record(networks.voxels()),
        networks.record(networks.voxels(), task),
    ]
    message = "record of another task: its spec .* is not .* Received:"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        answers(model, "serve_examples", examples=records)


def test_sizes_that_contradict_each_other_get_an_error_that_says_what_is_wanted(root):
    path = exported.model(root, name="shape")
    graph = tf.Graph()
    with tf.compat.v1.Session(graph=graph) as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(path))
        signature = loaded.signature_def["serving_default"]
        probabilities = signature.outputs["probabilities"].name
        volume = graph.get_tensor_by_name(signature.inputs["volume"].name)
        fill = graph.get_tensor_by_name(signature.inputs["fill"].name)
        given = {volume: np.zeros((2, 8, 8, 8, 2)), fill: np.zeros((1, 2))}
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"fill of the task small .*\[B, 2\]"
        ):
            session.run(probabilities, given)
