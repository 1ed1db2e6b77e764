"""Which models and versions a configuration asks for."""

import pytest

from pipelines.errors import DataError
from tests.zoo.serving.endpoint import endpoints
from zoo.serving.endpoint import model_config


def read(tmp_path, text):
    path = tmp_path / "models.config"
    path.write_text(text, encoding="latin-1")
    return model_config.read(path)


def one(policy):
    return f'model_config_list {{ config {{ name: "m" base_path: "/m" {policy} }} }}'


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("", {5}),
        ("model_version_policy { latest { num_versions: 2 } }", {3, 5}),
        ("model_version_policy { all {} }", {1, 3, 5}),
        ("model_version_policy { specific { versions: 1 versions: 4 } }", {1}),
    ],
)
def test_the_versions_of_a_policy(policy, wanted, tmp_path):
    (model,) = read(tmp_path, one(policy))
    assert model.wanted({1, 3, 5}) == wanted
    assert model.missing({1, 3, 5}) == ({4} if "4" in policy else set())


def test_labels(tmp_path):
    path = tmp_path / "models.config"
    endpoints.config(path, "/m", versions=(1, 2), labels={"stable": 1, "canary": 2})
    (model,) = model_config.read(path)
    assert model.labels == {"stable": 1, "canary": 2}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no model_config_list"),
        ("model_config_list { config {", "no readable ModelServerConfig"),
        ("\xff", "no readable ModelServerConfig"),
        ("custom_model_config {}", "has no model_config_list"),
        ('model_config_list { config { name: "m" } }', "no name or no base_path"),
        (one('model_platform: "pytorch"'), "must be 'tensorflow'. Received: 'pytorch'"),
        (one("} config { name: 'm' base_path: '/n'"), "names models twice: m"),
    ],
)
def test_what_can_not_be_served(text, message, tmp_path):
    with pytest.raises(DataError, match=message):
        read(tmp_path, text)


def test_versions_are_directories_named_by_numbers(tmp_path):
    for name in ("1", "00000123", "tmp-4", "-5", "²"):
        (tmp_path / name).mkdir()
    (tmp_path / "7").touch()
    paths = {1: tmp_path / "1", 123: tmp_path / "00000123"}
    assert model_config.on_disk(tmp_path) == paths
