"""Each fault of a graph is refused, with its layer, its signature and the cure."""

from pathlib import Path

import keras
import pytest
import tensorflow as tf

from tests.zoo.serving.gate import models
from zoo.serving.gate import node_rules, served_graph

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tfserving" / "models"


def refused(path):
    graph, _ = served_graph.read(path)
    return node_rules.refusals(graph)


@pytest.mark.parametrize(
    "model", ["half_plus_two/00000123", "half_plus_two_tf2/00000123"]
)
def test_what_the_server_is_tested_by_passes(model):
    assert refused(FIXTURES / model) == []


def test_an_ordinary_function_passes(tmp_path):
    assert refused(models.doubled(tmp_path)) == []


def test_an_ordinary_layer_passes(tmp_path):
    layer = keras.layers.Conv3D(4, 3, name="second")
    assert refused(models.of_network(tmp_path, layer)) == []


@pytest.mark.parametrize("version", [1, 2])
def test_the_recorded_signature_that_xla_compiles(version):
    (refusal,) = refused(FIXTURES / "multi" / str(version))
    assert refusal.signatures == ("jitsig",)
    assert refusal.node == "PartitionedCall"
    assert "XLA must compile it" in refusal.problem
    assert "jit_compile=True" in refusal.cure


def test_a_grouped_convolution_of_keras(tmp_path):
    layer = keras.layers.Conv3D(4, 3, groups=2, name="grouped")
    (refusal,) = refused(models.of_network(tmp_path, layer))
    assert refusal.layer == "grouped"
    assert "/grouped" in refusal.node
    assert refusal.signatures == ("serving_default",)
    assert "XLA must compile it" in refusal.problem
    assert "zoo/architectures/grouped.py" in refusal.cure


@pytest.mark.parametrize("operation", ["MaxPool3D", "AvgPool3D"])
def test_a_pooling_of_channels_first(operation, tmp_path):
    def pooled(factor, volume):
        with tf.name_scope("pool"):
            values = getattr(tf.raw_ops, operation)(
                input=factor * volume,
                ksize=[1, 1, 2, 2, 2],
                strides=[1, 1, 2, 2, 2],
                padding="VALID",
                data_format="NCDHW",
            )
        return {"pooled": values}

    volumes = tf.TensorSpec([None, 2, 4, 4, 4], tf.float32, name="volume")
    (refusal,) = refused(models.save(tmp_path, pooled, volumes))
    assert refusal.layer == "pool"
    assert refusal.problem.startswith(f"{operation} has the channels first (NCDHW)")
    assert "data_format='channels_last'" in refusal.cure


def test_a_convolution_of_channels_first(tmp_path):
    def convolved(factor, image):
        kernel = factor * tf.ones([1, 1, 2, 2])
        return {"image": tf.nn.conv2d(image, kernel, 1, "SAME", data_format="NCHW")}

    images = tf.TensorSpec([None, 2, 4, 4], tf.float32, name="image")
    (refusal,) = refused(models.save(tmp_path, convolved, images))
    assert refusal.problem.startswith("Conv2D has the channels first (NCHW)")


@pytest.mark.parametrize("operation", ["tf.py_function", "tf.numpy_function"])
def test_python(operation, tmp_path):
    def of_python(factor, rows):
        function = getattr(tf, operation.removeprefix("tf."))
        values = function(lambda x: x, [factor * rows], Tout=tf.float32)
        return {"rows": tf.ensure_shape(values, [None, 3])}

    (refusal,) = refused(models.save(tmp_path, of_python))
    assert "calls a function of Python" in refusal.problem
    assert "tf.py_function" in refusal.cure


def test_an_operation_of_tensorflow_io(tmp_path):
    path = models.with_operation(models.doubled(tmp_path), "Mul", "IO>DecodeDICOMImage")
    (refusal,) = refused(path)
    assert "knows no operation IO>DecodeDICOMImage" in refusal.problem
    assert "tensorflow-io's" in refusal.problem
    assert "leave it to the client" in refusal.cure
    assert refusal.node == "mul"


def test_an_operation_of_a_later_tensorflow(tmp_path):
    path = models.with_operation(models.doubled(tmp_path), "Mul", "DecodeJxl")
    (refusal,) = refused(path)
    assert "knows no operation DecodeJxl. " in f"{refusal.problem}. "


def test_an_operation_of_xla(tmp_path):
    path = models.with_operation(models.doubled(tmp_path), "Mul", "XlaCallModule")
    (refusal,) = refused(path)
    assert refusal.problem.startswith("XlaCallModule is an operation of XLA")
    assert "native_serialization=False" in refusal.cure


def test_a_fault_behind_two_signatures_is_told_once(tmp_path):
    def call_twice(graph):
        other = graph.signature_def["other"]
        other.CopyFrom(graph.signature_def["serving_default"])

    path = models.with_operation(models.doubled(tmp_path), "Mul", "DecodeJxl")
    (refusal,) = refused(models.edited(path, call_twice))
    assert refusal.signatures == ("other", "serving_default")


def test_a_fault_that_no_signature_wants_is_refused_too(tmp_path):
    def add(graph):
        node = graph.graph_def.node.add()
        node.name, node.op = "apart/read", "IO>ReadableInit"

    (refusal,) = refused(models.edited(models.doubled(tmp_path), add))
    assert refusal.signatures == ()
    assert str(refusal).startswith("layer apart, node apart/read: the pinned")


@pytest.mark.parametrize(
    ("path", "layer"),
    [
        (["net_1/conv_1/Conv3D"], "conv"),
        (["net_1/stage_2_1/Conv3D"], "stage_2"),
        (["net_1/conv_1/StatefulPartitionedCall", "convolution"], "conv"),
        (["net_1/pool/MaxPool3D"], "pool"),
        (["PartitionedCall", "mul"], ""),
    ],
)
def test_layers_are_known_by_the_names_of_nodes(path, layer):
    assert node_rules.layer_of(path, frozenset({"conv", "stage_2"})) == layer
