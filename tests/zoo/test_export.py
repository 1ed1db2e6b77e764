"""The command, from a run to a version that a server loads."""

import re

import numpy as np
import pytest
import tensorflow as tf

import zoo
from pipelines import command
from tests.zoo.prediction import networks
from tests.zoo.serving.gate import in_process, models
from zoo import export
from zoo.serving.exporting import gated


def run_command(*arguments):
    return command.run(export.main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def root(run, tmp_path_factory):
    """With version 12 of a model."""
    root = tmp_path_factory.mktemp("root")
    arguments = ("--name", "liver", "--to", root, "--version", 12)
    assert run_command(run.path, *arguments) == 0
    return root


def test_what_it_writes_answers_as_the_run(run, root):
    signatures = tf.saved_model.load(str(root / "liver" / "12")).signatures
    record = networks.record(networks.voxels())
    found = signatures["serve_examples"](examples=tf.constant([record]))
    expected = zoo.load(run.path).predict_records([record])
    np.testing.assert_allclose(
        found["probabilities"], expected["probabilities"], atol=1e-6
    )


def test_a_version_that_is_there(run, root, capsys):
    arguments = (run.path, "--name", "liver", "--to", root, "--version", 12)
    assert run_command(*arguments) == 2
    assert "a version never changes" in capsys.readouterr().err


def test_it_prints_the_path_last_and_what_it_does_beside(
    run, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(gated, "hold", lambda *_, **__: "not asked")
    monkeypatch.chdir(tmp_path)
    assert run_command(run.path, "--name", "liver") == 0
    printed = capsys.readouterr()
    assert printed.out == "saved_models/liver/1\n"
    for words in ("loading 1 network", "not asked", "version 1 of liver is stable"):
        assert words in printed.err


def test_an_unfinished_run(tmp_path, capsys):
    unfinished = networks.run(tmp_path / "run")
    unfinished.model_path.unlink()
    assert run_command(unfinished.path, "--name", "liver", "--to", tmp_path) == 1
    assert re.search("unfinished: it has no model.keras", capsys.readouterr().err)
    assert not (tmp_path / "liver").exists()


def test_check_says_what_a_server_makes_of_a_version(run, root, capsys):
    with in_process.gate():
        assert run_command(run.path, "--check", root / "liver" / "12") == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == f"it is of {run.path} as it is today"
    for name in ("serving_default", "serve_examples", "features", "describe"):
        assert f"{name} 2" in said


def test_check_of_a_model_that_a_server_refuses(tmp_path, capsys):
    class Compiled(tf.Module):
        @tf.function(
            input_signature=[tf.TensorSpec([None], tf.float32, name="x")],
            jit_compile=True,
        )
        def twice(self, x):
            return {"y": 2 * x}

    model = Compiled()
    signatures = {"serving_default": model.twice}
    tf.saved_model.save(model, str(tmp_path / "model"), signatures=signatures)
    assert run_command("--check", tmp_path / "model") == 1
    assert "refused: " in capsys.readouterr().out


def test_check_of_a_model_that_can_not_be_asked(tmp_path, capsys):
    texts = tf.TensorSpec([None], tf.string, name="texts")
    path = models.save(tmp_path, lambda _, texts: {"texts": texts}, texts)
    with in_process.gate():
        assert run_command("--check", path) == 1
    said = capsys.readouterr().out
    assert "answered nothing" in said
    assert "no signature was asked: that it loads is all that is known" in said


def test_check_of_no_saved_model(tmp_path, capsys):
    assert run_command("--check", tmp_path) == 1
    assert "is no SavedModel" in capsys.readouterr().err


def test_help_says_what_every_input_and_the_onnx_file_are(capsys):
    with pytest.raises(SystemExit):
        export.main(["--help"])
    text = capsys.readouterr().out
    for words in (
        "volume [B, D, H, W, C]",
        "fill [B, C]",
        "present [B, C]",
        "covariates [B, n]",
        "model.onnx",
        "takes what serving_default takes",
    ):
        assert words in text
