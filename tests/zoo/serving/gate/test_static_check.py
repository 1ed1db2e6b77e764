from tests.zoo.serving.gate import models
from zoo.serving.gate import static_check


def retagged(path, *tags):
    def retag(graph):
        del graph.meta_info_def.tags[:]
        graph.meta_info_def.tags.extend(tags)

    return models.edited(path, retag)


def test_nothing_is_wrong(tmp_path):
    graph, refused, warnings = static_check.check(models.doubled(tmp_path))
    assert list(graph.signatures) == ["serving_default"]
    assert refused == []
    assert warnings == []


def test_no_graph_to_be_served(tmp_path):
    path = retagged(models.doubled(tmp_path), "train", "gpu")
    graph, (refusal,), _ = static_check.check(path)
    assert graph is None
    assert refusal.problem == (
        "no graph has the tag serve and no other, which the server loads. "
        "Received: gpu, train"
    )
    assert "tags=['serve']" in refusal.cure


def test_a_graph_without_tags(tmp_path):
    _, (refusal,), _ = static_check.check(retagged(models.doubled(tmp_path)))
    assert refusal.problem.endswith("Received: none")


def test_no_signature(tmp_path):
    path = models.edited(
        models.doubled(tmp_path), lambda graph: graph.signature_def.clear()
    )
    _, (refusal,), _ = static_check.check(path)
    assert refusal.problem == "it has no signatures"


def test_no_default_signature_is_a_warning(tmp_path):
    path = models.save(
        tmp_path, lambda factor, rows: {"rows": factor * rows}, name="double"
    )
    _, refused, (warning,) = static_check.check(path)
    assert refused == []
    assert warning.startswith("it has no signature serving_default")
    assert warning.endswith("There are double")
