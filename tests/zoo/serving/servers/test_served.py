import pytest

from pipelines.errors import UsageError
from tests.zoo.serving.model_root import roots
from zoo.serving.model_root import models_config
from zoo.serving.servers import served


@pytest.fixture
def root(tmp_path):
    roots.export(tmp_path, "liver", 1)
    roots.export(tmp_path, "heart", 4)
    return tmp_path


def test_all_or_the_one_that_is_named(root):
    assert served.names(root, None) == ["liver", "heart"]
    assert served.names(root, "heart") == ["heart"]


def test_no_such_model(root):
    with pytest.raises(UsageError, match="no model named lung. It serves liver, heart"):
        served.names(root, "lung")


def test_no_model_at_all(tmp_path):
    with pytest.raises(UsageError, match="serves no model yet. Export one"):
        served.names(tmp_path, None)


def test_a_model_whose_versions_are_gone(root):
    (root / "liver" / "1" / "saved_model.pb").unlink()
    with pytest.raises(UsageError, match="liver holds none of the versions.*: 1. Exp"):
        served.names(root, None)
    assert served.names(root, "heart") == ["heart"]


def test_a_model_that_lies_elsewhere_is_left_to_the_server(root):
    (root / "liver" / "1" / "saved_model.pb").unlink()
    with models_config.changing(root) as config:
        models_config.entry(config, "liver").base_path = "/elsewhere/liver"
    assert served.names(root, "liver") == ["liver"]
