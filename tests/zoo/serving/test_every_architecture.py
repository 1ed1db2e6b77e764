"""Every architecture of the registry exports, passes the gate and answers as its run.

The export itself holds every signature to the run, in a fresh process of this
TensorFlow and, where there is one, in one of the server's.
"""

import gc

import pytest

from tests.pipelines.records import small
from tests.zoo.prediction import networks
from tests.zoo.serving.gate.interpreters import SERVER_PYTHON
from zoo.architectures import registry
from zoo.recipes.recipe import Recipe
from zoo.serving.exporting import export_request, export_runs

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
def test_exports_and_answers_as_its_run(name, tmp_path):
    task = task_of(registry.get(name))
    run = networks.run(tmp_path / "run", task=task, recipe=Recipe(arch=name))
    said = []
    request = export_request.checked(
        run.path, name=name, to=tmp_path / "root", server_python=SERVER_PYTHON
    )
    path = export_runs.export(request, say=said.append)
    gc.collect()  # networks are rings of references
    assert (path / "saved_model.pb").is_file()
    (verdict,) = [text for text in said if "XLA off: answered" in text]
    for signature in ("describe", "features", "serve_examples", "serving_default"):
        assert f"{signature} " in verdict
    assert verdict.count("XLA off: answered") == 1 + (SERVER_PYTHON is not None)
    assert "not run" not in verdict
