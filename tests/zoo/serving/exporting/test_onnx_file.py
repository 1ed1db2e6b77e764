"""The ONNX file answers as the run does, whatever the normalisation."""

import dataclasses

import numpy as np
import pytest

from tests.pipelines.records import small
from tests.zoo.prediction import networks
from tests.zoo.serving.exporting import kinds
from zoo.prediction import predictor
from zoo.prediction.decoded_records import decoded
from zoo.recipes.recipe import Recipe
from zoo.serving.exporting import export_runs, onnx_file

pytest.importorskip("tf2onnx")
pytest.importorskip("onnxruntime")


def assert_answers(run, records, path):
    onnx_file.write(path, export_runs.served_model([run]))
    given = decoded(records, run.task, run.recipe.head.covariates)
    answers = onnx_file.answers(path, given)
    expected = predictor.load(run.path).predict_records(records)
    assert {*answers} == {*expected}
    for name, values in expected.items():
        assert answers[name].dtype == np.float32
        np.testing.assert_allclose(answers[name], values, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["several", "optional", "covariates"])
def test_every_input_and_every_kind_of_target(tmp_path, kind):
    run = networks.run(tmp_path / "run", **kinds.SETTINGS[kind])
    assert_answers(run, kinds.records(kind), tmp_path / "model.onnx")


@pytest.mark.parametrize("normalisation", ["zscore", "percentile", "equalise", "none"])
def test_normalisation_is_inside_and_a_channel_may_show_nothing(
    tmp_path, normalisation
):
    recipe = dataclasses.replace(networks.TURNED, normalisation=normalisation)
    run = networks.run(tmp_path / "run", task=networks.OPTIONAL, recipe=recipe)
    assert_answers(run, kinds.records("optional"), tmp_path / "model.onnx")


@pytest.mark.parametrize("normalisation", ["zscore", "percentile", "equalise"])
def test_a_single_channel_is_normalised_by_other_operations(tmp_path, normalisation):
    task = small.task(channels=("T1",), shape=networks.SHAPE)
    recipe = Recipe(arch="cnn3d", normalisation=normalisation)
    run = networks.run(tmp_path / "run", task=task, recipe=recipe)
    records = [
        networks.record(networks.voxels(seed)[..., :1], task, fill=(0.0,), present=(1,))
        for seed in range(3)
    ]
    assert_answers(run, records, tmp_path / "model.onnx")
