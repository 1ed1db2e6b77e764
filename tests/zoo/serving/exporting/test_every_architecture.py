"""Every architecture of the registry exports, and answers as its run does.

The gate loads what was written in a fresh process, and in one with the TensorFlow of
the pinned server where there is such.
"""

import gc

import numpy as np
import pytest

from tests.pipelines.records import small
from tests.zoo.prediction import networks
from tests.zoo.serving.gate.interpreters import SERVER_PYTHON
from zoo.architectures import registry
from zoo.recipes.recipe import Recipe
from zoo.serving.exporting import export_request, export_runs, gated

SLICES = 3
QUICK = ("cnn3d",)  # the others take a quarter of a minute and more each
SIGNATURES = ("describe", "features", "serve_examples", "serving_default")


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
def test_export_and_answer(name, tmp_path, monkeypatch):
    task = task_of(registry.get(name))
    run = networks.run(tmp_path / "run", task=task, recipe=Recipe(arch=name))
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
    assert np.isfinite(answers["probabilities"]).all()
    assert report.passed
    assert len(report.runs) == (2 if SERVER_PYTHON else 1)
    for one in report.runs:
        assert one.signatures == dict.fromkeys(SIGNATURES, 5)
        for signature in ("serve_examples", "serving_default"):
            assert one.largest_differences[f"{signature}/probabilities"] <= 1e-5
    gc.collect()  # networks are rings of references
