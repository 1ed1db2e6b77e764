import pytest

from pipelines.errors import DataError
from tests.zoo.serving.gate import models
from zoo.serving.gate import served_graph


def test_signatures_are_those_that_can_be_asked(tmp_path):
    graph, tags = served_graph.read(models.doubled(tmp_path))
    assert "__saved_model_init_op" in graph.meta_graph.signature_def
    assert list(graph.signatures) == ["serving_default"]
    assert tags == (frozenset({"serve"}),)


def test_nodes_of_functions_are_reached_from_their_signature(tmp_path):
    graph, _ = served_graph.read(models.doubled(tmp_path))
    (multiplied,) = [node for node in graph.nodes() if node.operation.op == "Mul"]
    assert multiplied.signature == "serving_default"
    assert multiplied.path[-1] == "mul"
    assert len(multiplied.path) == 3  # the call, the call in its wrapper


def test_nodes_of_loading_belong_to_no_signature(tmp_path):
    graph, _ = served_graph.read(models.doubled(tmp_path))
    restored = [node for node in graph.nodes() if node.operation.op == "RestoreV2"]
    assert restored
    assert {node.signature for node in restored} == {""}


def test_a_directory_that_is_no_saved_model(tmp_path):
    with pytest.raises(DataError, match=r"is no SavedModel: saved_model.pb can't be r"):
        served_graph.read(tmp_path)


def test_a_file_that_is_no_saved_model(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff\xff")
    with pytest.raises(DataError, match="Name the directory of a version"):
        served_graph.read(tmp_path)
