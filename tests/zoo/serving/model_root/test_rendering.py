import time

import pytest

from pipelines.errors import DataError
from tests.zoo.serving.model_root import roots
from zoo.serving.model_root import models_config, promotion, rendering


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "root"
    roots.export(root, "liver", 1)
    roots.export(root, "heart", 4)
    return root


@pytest.fixture
def to(tmp_path):
    folder = tmp_path / "to"
    folder.mkdir()
    return folder


def models(path):
    config = models_config.parse(path)
    return {model.name: model for model in config.model_config_list.config}


def test_models_lie_below_the_root(root, to, monkeypatch):
    monkeypatch.chdir(root.parent)
    path = rendering.rendered("root", to)
    assert path == to / "models.config"
    copied = models(path)
    assert copied["liver"].base_path == f"{root}/liver"
    assert copied["heart"].base_path == f"{root}/heart"
    assert [*copied["heart"].model_version_policy.specific.versions] == [4]
    assert dict(copied["heart"].version_labels) == {"stable": 4}


def test_or_where_they_are_told_to(root, to):
    path = rendering.rendered(root, to, models_at="/mnt", only="heart")
    assert {name: m.base_path for name, m in models(path).items()} == {
        "heart": "/mnt/heart"
    }


def test_a_path_by_hand_stays(root, to):
    with models_config.changing(root) as config:
        models_config.entry(config, "liver").base_path = "s3://bucket/liver"
    copied = models(rendering.rendered(root, to))
    assert copied["liver"].base_path == "s3://bucket/liver"


def test_a_broken_file(root, to):
    (root / "models.config").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="line 1"):
        rendering.rendered(root, to)


def wait_until(true, seconds=5):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_is_kept_in_step(root, to, monkeypatch, capfd):
    monkeypatch.setattr(rendering, "_LOOK_SECONDS", 0.02)
    roots.export(root, "liver", 2)
    with rendering.kept_in_step(root, to) as path:
        promotion.promote(root, "liver", 2, "stable")
        wait_until(lambda: models(path)["liver"].version_labels["stable"] == 2)
        good = path.read_text(encoding="utf-8")
        (root / "models.config").write_text("broken {", encoding="utf-8")
        wait_until(lambda: "What is served stays" in capfd.readouterr().err)
        assert path.read_text(encoding="utf-8") == good
