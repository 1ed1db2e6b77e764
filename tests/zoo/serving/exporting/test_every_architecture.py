"""Every architecture of the registry exports, and answers as its run does."""

import gc

import numpy as np
import pytest
import tensorflow as tf

from tests.pipelines.records import small
from tests.zoo.prediction import networks
from zoo.architectures import registry
from zoo.prediction import predictor
from zoo.prediction.decoded_records import decoded
from zoo.recipes.recipe import Recipe
from zoo.serving.exporting import example_records, export_request, export_runs

SLICES = 3
QUICK = ("cnn3d",)  # the others take half a minute and more each


def task_of(architecture):
    """As small a volume as the architecture takes."""
    smallest = architecture.minimum_size
    depth = SLICES if architecture.rank == 2 else smallest
    return small.task(channels=("T1", "T2"), shape=(depth, smallest, smallest))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name in registry.ARCHITECTURES
    ],
)
def test_export_and_answer(name, tmp_path):
    task = task_of(registry.get(name))
    run = networks.run(tmp_path / "run", task=task, recipe=Recipe(arch=name))
    request = export_request.checked(run.path, name=name, to=tmp_path / "root")
    path = export_runs.export(request)
    records = list(example_records.made_up(run).records)
    expected = predictor.load(run.path).answer_records(records)
    assert np.isfinite(expected["probabilities"]).all()
    signatures = tf.saved_model.load(str(path)).signatures
    for outputs in (
        signatures["serve_examples"](examples=tf.constant(records)),
        signatures["serving_default"](**decoded(records, task, ())),
    ):
        np.testing.assert_allclose(
            outputs["probabilities"], expected["probabilities"], atol=1e-5
        )
    gc.collect()  # networks are rings of references
