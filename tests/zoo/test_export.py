"""The command, from a run to a version that a server loads."""

import re

import numpy as np
import pytest
import tensorflow as tf

import zoo
from pipelines import command
from tests.zoo.prediction import networks
from zoo import export


def run_command(*arguments):
    return command.run(export.main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


def test_it_prints_the_path_last_and_what_it_does_beside(run, tmp_path, capsys):
    root = tmp_path / "root"
    assert run_command(run.path, "--name", "liver", "--to", root) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{root / 'liver' / '1'}\n"
    assert "loading 1 network" in printed.err
    assert "version 1 of liver is stable" in printed.err
    model = tf.saved_model.load(str(root / "liver" / "1"))
    record = networks.record(networks.voxels())
    found = model.signatures["serve_examples"](examples=tf.constant([record]))
    expected = zoo.load(run.path).predict_records([record])
    np.testing.assert_allclose(
        found["probabilities"], expected["probabilities"], atol=1e-6
    )


def test_a_version_of_ones_own(run, tmp_path, capsys):
    arguments = (run.path, "--name", "liver", "--to", tmp_path, "--version", 12)
    assert run_command(*arguments) == 0
    assert (tmp_path / "liver" / "12" / "saved_model.pb").is_file()
    assert run_command(*arguments) == 2
    assert "a version never changes" in capsys.readouterr().err


def test_the_default_root_is_saved_models(run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run_command(run.path, "--name", "liver") == 0
    assert capsys.readouterr().out == "saved_models/liver/1\n"


def test_an_unfinished_run(tmp_path, capsys):
    unfinished = networks.run(tmp_path / "run")
    unfinished.model_path.unlink()
    assert run_command(unfinished.path, "--name", "liver", "--to", tmp_path) == 1
    assert re.search("unfinished: it has no model.keras", capsys.readouterr().err)
    assert not (tmp_path / "liver").exists()


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
