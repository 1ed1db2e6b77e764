import pytest
import tensorflow as tf

from tests.zoo.serving.gate import models
from zoo.serving.gate import served_graph, signature_rules


def signature(path):
    graph, _ = served_graph.read(path)
    ((name, found),) = graph.signatures.items()
    return name, found


def refused(path):
    return [*signature_rules.refusals(*signature(path))]


def warned(path):
    return " ".join(signature_rules.warnings(*signature(path)))


def test_an_ordinary_signature(tmp_path):
    path = models.doubled(tmp_path)
    assert refused(path) == []
    assert warned(path) == ""


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "complex64", "uint16"])
def test_an_output_that_json_cannot_hold(kind, tmp_path):
    path = models.save(
        tmp_path, lambda factor, rows: {"cast": tf.cast(factor * rows, kind)}
    )
    (refusal,) = refused(path)
    name = "half" if kind == "float16" else kind
    assert f"output cast is {name}, which the server's REST side" in refusal.problem
    assert refusal.cure == "Cast it to float32"
    assert refusal.signatures == ("serving_default",)


def test_a_scalar(tmp_path):
    path = models.save(
        tmp_path, lambda factor, rows: {"sum": tf.reduce_sum(factor * rows)}
    )
    (refusal,) = refused(path)
    assert refusal.problem == "its output sum is a scalar, without the batch"
    assert "[B]" in refusal.cure


def test_an_output_without_the_batch(tmp_path):
    path = models.save(
        tmp_path,
        lambda factor, rows: {
            "classes": tf.constant(["a", "b"]),
            "rows": factor * rows,
        },
    )
    (refusal,) = refused(path)
    assert (
        "first size of its output classes is 2 and not the batch's" in refusal.problem
    )
    assert "a copy for each" in refusal.cure


def test_an_input_that_is_no_tensor(tmp_path):
    def sparse(graph):
        info = graph.signature_def["serving_default"].inputs["rows"]
        info.coo_sparse.values_tensor_name = info.name

    (refusal,) = refused(models.edited(models.doubled(tmp_path), sparse))
    assert refusal.problem == "its input rows is no dense tensor with a name"


def test_an_output_that_is_no_tensor(tmp_path):
    def unnamed(graph):
        graph.signature_def["serving_default"].outputs["doubled"].name = ""

    (refusal,) = refused(models.edited(models.doubled(tmp_path), unnamed))
    assert refusal.problem == "its output doubled is no dense tensor with a name"


def test_no_inputs(tmp_path):
    def without(graph):
        graph.signature_def["serving_default"].inputs.clear()

    (refusal,) = refused(models.edited(models.doubled(tmp_path), without))
    assert refusal.problem == "it has no inputs"


def test_no_outputs(tmp_path):
    def without(graph):
        graph.signature_def["serving_default"].outputs.clear()

    (refusal,) = refused(models.edited(models.doubled(tmp_path), without))
    assert refusal.problem == "it has no outputs"


def test_names_that_nobody_gave(tmp_path):
    path = models.save(
        tmp_path,
        lambda factor, rows: {"output_0": factor * rows},
        tf.TensorSpec([None, 3], tf.float32, name="keras_tensor_12"),
    )
    assert "nobody named keras_tensor_12, output_0. Name every input" in warned(path)


def test_an_input_that_json_cannot_hold(tmp_path):
    path = models.save(
        tmp_path,
        lambda factor, rows: {"rows": factor * tf.cast(rows, tf.float32)},
        tf.TensorSpec([None, 3], tf.float16, name="rows"),
    )
    assert refused(path) == []
    assert "over REST the server can't read rows (half)" in warned(path)


def test_a_batch_of_fixed_size(tmp_path):
    path = models.save(
        tmp_path,
        lambda factor, rows: {"rows": factor * rows},
        tf.TensorSpec([1, 3], tf.float32, name="rows"),
    )
    assert refused(path) == []
    assert "the first size of rows is fixed" in warned(path)
