"""What is refused of a SavedModel's file: one model for each fault."""

from pathlib import Path

import keras
import pytest
import tensorflow as tf

from pipelines.errors import DataError
from tests.zoo.serving.gate import small_models
from zoo.serving.gate import node_rules, static_check

MODELS = Path(__file__).parents[3] / "fixtures" / "tfserving" / "models"


def refused(directory):
    """The refusals as they are shown."""
    return [str(refusal) for refusal in static_check.check(directory)[1]]


def test_nothing_of_a_good_one(tmp_path):
    assert refused(small_models.doubled(tmp_path / "m")) == []


@pytest.mark.parametrize("name", ["half_plus_two", "half_plus_two_tf2"])
def test_nothing_of_the_servers_own_models(name):
    assert refused(MODELS / name / "00000123") == []


@pytest.mark.parametrize("version", ["1", "2"])
def test_of_the_recorded_one_the_signatures_that_the_server_rejected(version):
    found = static_check.check(MODELS / "multi" / version)[1]
    by_signature = {refusal.signatures: refusal.problem for refusal in found}
    assert by_signature.keys() == {("jitsig",), ("half",), ("scal",)}
    assert "XLA must compile it" in by_signature["jitsig",]
    assert "is half, which the server's REST side" in by_signature["half",]
    assert "output s is a scalar" in by_signature["scal",]


def test_a_grouped_convolution_with_its_layer_and_cure(tmp_path):
    layer = keras.layers.Conv3D(4, 3, groups=2, padding="same", name="grouped")
    (line,) = refused(small_models.of_layer(tmp_path / "m", layer, (4, 4, 4, 2)))
    assert line.startswith("layer grouped, node ")
    assert "signature serving_default: XLA must compile it" in line
    assert "zoo/architectures/grouped.py" in line


def test_channels_first_of_keras(tmp_path):
    layer = keras.layers.Conv3D(2, 3, data_format="channels_first", name="turned")
    found = refused(small_models.of_layer(tmp_path / "m", layer, (2, 4, 4, 4)))
    assert "layer turned" in found[0]
    assert "XLA must compile it" in found[0]


def test_channels_first(tmp_path):
    def function(x):
        with tf.name_scope("turned_pool"):
            return {"y": tf.nn.max_pool3d(x, 2, 2, "VALID", data_format="NCDHW")}

    spec = tf.TensorSpec([None, 2, 4, 4, 4], tf.float32, name="x")
    (line,) = refused(small_models.of_function(tmp_path / "m", function, spec=spec))
    assert line.startswith("layer turned_pool, node turned_pool/")
    assert "MaxPool3D has the channels first (NCDHW)" in line
    assert "data_format='channels_last'" in line


def test_a_function_of_python(tmp_path):
    def function(x):
        y = tf.py_function(lambda values: values * 2, [x], tf.float32)
        return {"y": tf.ensure_shape(y, [None, 2])}

    (line,) = refused(small_models.of_function(tmp_path / "m", function))
    assert "EagerPyFunc calls a function of Python" in line
    assert "signature serving_default" in line


@pytest.mark.parametrize(
    "operation, whose",
    [
        ("DoubleOfNobody", "no operation DoubleOfNobody. Write"),
        ("IO>DecodeDICOMImage", "IO>DecodeDICOMImage (it is tensorflow-io's)"),
    ],
)
def test_an_operation_that_the_server_does_not_know(tmp_path, operation, whose):
    (line,) = refused(small_models.with_operation(tmp_path / "m", operation))
    assert whose in line


def test_an_operation_of_xla(tmp_path):
    (line,) = refused(small_models.with_operation(tmp_path / "m", "XlaDot"))
    assert "XlaDot is an operation of XLA" in line


def test_half_precision_given(tmp_path):
    (line,) = refused(
        small_models.of_function(
            tmp_path / "m", lambda x: {"y": tf.cast(x, tf.bfloat16)}
        )
    )
    assert "output y is bfloat16" in line
    assert line.endswith("Cast it to float32")


def test_a_scalar_given(tmp_path):
    (line,) = refused(
        small_models.of_function(tmp_path / "m", lambda x: {"y": tf.reduce_sum(x)})
    )
    assert "output y is a scalar, without the batch" in line


def test_an_output_without_the_batch(tmp_path):
    (line,) = refused(
        small_models.of_function(
            tmp_path / "m", lambda x: {"y": tf.reduce_sum(x, axis=0)}
        )
    )
    assert "the first size of its output y is 2 and not the batch's" in line


def test_no_default_signature(tmp_path):
    (line,) = refused(small_models.doubled(tmp_path / "m", name="double"))
    assert "no signature serving_default" in line
    assert "Received: double" in line


def test_no_signature(tmp_path):
    directory = small_models.rewritten(
        small_models.doubled(tmp_path / "m"),
        lambda graph: graph.signature_def.clear(),
    )
    (line,) = refused(directory)
    assert "it has no signatures" in line


def test_no_serve_tag(tmp_path):
    def change(graph):
        graph.meta_info_def.tags[:] = ["serve", "gpu"]

    (line,) = refused(small_models.rewritten(small_models.doubled(tmp_path), change))
    assert "no graph has the tag serve and no other" in line
    assert "Received: " in line


def test_no_saved_model(tmp_path):
    with pytest.raises(DataError, match=r"is no SavedModel: saved_model\.pb can't be"):
        static_check.check(tmp_path)


def test_a_damaged_file(tmp_path):
    small_models.doubled(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"\xff" * 9)
    with pytest.raises(DataError, match="is no SavedModel"):
        static_check.check(tmp_path)


def test_operations_are_stated_once_and_sorted():
    names = node_rules.OPERATIONS.read_text().split()
    assert names == sorted(set(names))
    assert {"Conv3D", "ParseTensor", "StatelessWhile"} <= set(names)
