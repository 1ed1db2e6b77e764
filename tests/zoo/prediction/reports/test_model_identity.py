import hashlib
import json

import pytest

from tests.zoo.prediction import networks, stages
from zoo.prediction import finished_runs
from zoo.prediction.reports import model_identity


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_run_is_its_model_file(tmp_path):
    run = networks.run(tmp_path / "run")
    model = model_identity.of_runs([run])
    digest = sha256(run.model_path)
    assert model.architectures == ("cnn3d",) and model.digest == digest
    assert model.version.endswith(f", model {digest[:16]}")
    assert model.parameters == (f"SHA-256 of the model file: {digest}",)
    stages.write(run)
    staged = model_identity.of_runs([run])
    assert staged.digest != digest
    assert f"SHA-256 of its last stage: {sha256(run.last_stage_path)}" in (
        staged.parameters
    )
    assert f"SHA-256 of all: {staged.digest}" in staged.parameters


def test_folds_are_all_of_their_models(tmp_path):
    path = networks.folds(tmp_path / "cv", 2)
    runs = [*finished_runs.by_fold(path).values()]
    model = model_identity.of_runs(runs)
    assert model.digests == tuple(sha256(run.model_path) for run in runs)
    assert "mean of 2 folds" in model.parameters
    assert model.digest not in model.digests
    assert model.digest != model_identity.of_runs(runs[::-1]).digest


def test_an_ensemble_names_its_rule_and_members():
    models = {"t1": {"": "a" * 64}, "t2": {"": "b" * 64}}
    model = model_identity.of_ensemble("mean", models, ["cnn3d", "cnn3d"])
    assert model.architectures == ("cnn3d",)
    assert model.members == ("t1", "t2")
    assert "ensemble of 2 members by the rule mean" in model.parameters


def test_a_served_model_is_that_of_its_file():
    network = {"architecture": "cnn3d", "weights_sha256": "c" * 64}
    about = {"members": [network | {"last_stage": {"sha256": "d" * 64}}]}
    model = model_identity.of_served("liver", 3, about=json.dumps(about))
    assert model.digests == ("c" * 64,) and model.stages == ("d" * 64,)
    assert "served as liver, version 3" in model.parameters
    about = {"members": [network, network], "ensemble": {"rule": "weighted"}}
    model = model_identity.of_served("liver", 3, about=json.dumps(about))
    assert "2 networks by the rule weighted" in model.parameters


@pytest.mark.parametrize("about", ["{}", '{"members": [{}]}', "[]", "no JSON"])
def test_a_served_model_that_does_not_say_what_it_is(about):
    model = model_identity.of_served("liver", 3, about=about)
    assert model.version.endswith(", model liver, version 3")
    assert model.digest == model_identity.of_served("liver", 3, about="{}").digest
    assert model.digest != model_identity.of_served("liver", 4, about="{}").digest
