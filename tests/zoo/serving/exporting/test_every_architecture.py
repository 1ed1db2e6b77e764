"""Every architecture of the registry exports, and answers as its run does.

The gate loads what was written in a fresh process, and in one with the TensorFlow of
the pinned server where there is such.
"""

import gc
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.pipelines.records import small
from tests.zoo.prediction import networks
from tests.zoo.serving.gate.interpreters import SERVER_PYTHON
from zoo.architectures import registry
from zoo.recipes.recipe import Recipe
from zoo.serving.exporting import export_request, export_runs, gated

SLICES = 3
BATCH = 64  # of noise, that statistics are taken of: of few they magnify rounding
SIGNATURES = ("describe", "features", "serve_examples", "serving_default")


def task_of(architecture):
    """As small a volume as the architecture takes."""
    smallest = architecture.minimum_size
    depth = SLICES if architecture.rank == 2 else smallest
    return small.task(channels=("T1", "T2"), shape=(depth, smallest, smallest))


def settle_statistics(run):
    """Has batch normalisations know what they see, as after training.

    With the statistics that they begin with, deep networks say nearly nothing.
    """
    network = keras.models.load_model(run.model_path, compile=False)
    normalisations = [
        layer
        for layer in network._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    momenta = [layer.momentum for layer in normalisations]
    for layer in normalisations:
        layer.momentum = 0.0
    shape = (BATCH, *network.inputs[0].shape[1:])
    noise = np.random.default_rng(0).normal(size=shape).astype("float32")
    # As a graph, which lets go of every map once it was used: gigabytes otherwise.
    tf.function(partial(network, training=True))(noise)
    for layer, momentum in zip(normalisations, momenta, strict=True):
        layer.momentum = momentum
    network.save(run.model_path)


@pytest.mark.slow  # a quarter of a minute and more each
@pytest.mark.parametrize("name", registry.ARCHITECTURES)
def test_export_and_answer(name, tmp_path, monkeypatch):
    task = task_of(registry.get(name))
    run = networks.run(tmp_path / "run", task=task, recipe=Recipe(arch=name))
    settle_statistics(run)
    request = export_request.checked(
        run.path, name=name, to=tmp_path / "root", server_python=SERVER_PYTHON
    )
    held, hold = [], gated.hold

    def watched(directory, expected, answers, *others, **settings):
        report = hold(directory, expected, answers, *others, **settings)
        held.append((answers, report))
        return report

    monkeypatch.setattr(export_runs.gated, "hold", watched)
    assert export_runs.export(request).is_dir()
    ((answers, report),) = held
    assert np.ptp(answers["features"], axis=0).max() > 0.01  # there is what to compare
    assert report.passed
    assert len(report.runs) == (2 if SERVER_PYTHON else 1)
    for one in report.runs:
        assert one.signatures == dict.fromkeys(SIGNATURES, 5)
        for signature in ("serve_examples", "serving_default"):
            assert one.largest_differences[f"{signature}/probabilities"] <= 1e-5
    gc.collect()  # networks are rings of references
