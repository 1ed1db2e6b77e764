"""The functions of the packages' `__init__`: public, light to import, not shadowed."""

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import pipelines
import zoo
from pipelines.errors import DataError, UsageError
from tests.pipelines.records import small
from zoo.classifier.classifier import Classifier
from zoo.prediction.predictor import Predictor
from zoo.runs.run import Run

README = Path(__file__).parents[1] / "README.md"
NAMES = (
    *("zoo.build", "zoo.fit", "zoo.load"),
    *("pipelines.open_dataset", "pipelines.read_batches"),
)
SHAPE = (16, 16, 16)
RECIPE = """\
arch = "cnn3d"

[optimisation]
epochs = 1
batch_size = 4

[evaluation]
bootstrap = 200
"""
SPLITS = {("train", ""): 6, ("validation", ""): 4, ("test", ""): 4}


@pytest.fixture(scope="module", autouse=True)
def every_module():
    """Imports all modules first: a name that one of them bears would be shadowed."""
    for package in (pipelines, zoo):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working directory as the README's example finds it."""
    folder = tmp_path_factory.mktemp("work")
    data = folder / "datasets" / "liver"
    data.mkdir(parents=True)
    small.data_set(data, small.task(shape=SHAPE), SPLITS)
    (folder / "mine.toml").write_text(RECIPE, encoding="utf-8")
    np.save(folder / "volume.npy", small.canonical(99, 2, SHAPE).voxels)
    return folder


@pytest.fixture(scope="module")
def code():
    """The README's example."""
    marked = r"<!-- public API -->\n```python\n(.*?)```"
    (code,) = re.findall(marked, README.read_text(encoding="utf-8"), re.DOTALL)
    return code


@pytest.fixture(scope="module")
def example(code, folder):
    """The names that the example leaves behind."""
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(compile(code, "README.md", "exec"), names)
    return names


@pytest.mark.parametrize("name", NAMES)
def test_the_example_shows_every_function(name, code):
    assert f"{name}(" in code


def test_the_example_builds_trains_reads_and_predicts(example, folder):
    assert isinstance(example["network"], Classifier)
    assert isinstance(example["run"], Run)
    assert isinstance(example["predictor"], Predictor)
    probabilities = example["outputs"]["probabilities"]
    assert probabilities.shape == (2,)
    assert probabilities.sum() == pytest.approx(1)
    assert (folder / "runs" / "mine" / "features.npz").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_no_module_bears_the_name(name):
    package, function = name.split(".")
    public = getattr(sys.modules[package], function)
    assert callable(public)
    assert public.__doc__


def test_batches_hold_every_sample_of_a_split_once(folder):
    data = pipelines.open_dataset(folder / "datasets" / "liver")
    batches = list(pipelines.read_batches(data, "train", batch_size=4))
    assert [batch["volume"].shape[0] for batch in batches] == [4, 2]
    names = np.concatenate([batch["sample_id"].numpy() for batch in batches])
    assert len({*names}) == 6


def test_a_data_set_that_is_none(tmp_path):
    with pytest.raises(DataError, match="holds no dataset.json"):
        pipelines.open_dataset(tmp_path)


def test_a_network_of_classes_by_number_or_name():
    for classes in (3, ("a", "b", "c")):
        network = zoo.build("cnn3d", shape=(8, 8, 8, 1), classes=classes)
        outputs = network.inference(np.zeros((2, 8, 8, 8, 1), np.float32))
        assert outputs["probabilities"].shape == (2, 3)
        assert outputs["features"].shape == (2, 128)
        assert network.training.output["logits"].shape == (None, 3)


def test_a_network_of_one_class():
    with pytest.raises(UsageError, match="2 or more classes. Received: 1"):
        zoo.build("cnn3d", shape=(8, 8, 8, 1), classes=1)


def test_what_is_fitted_is_announced_and_taken_by_path(folder, tmp_path):
    begun = []
    run = zoo.fit(
        str(folder / "mine.toml"),
        folder / "datasets" / "liver",
        tmp_path / "run",
        when_begun=begun.append,
    )
    assert [one.path for one in begun] == [run.path] == [tmp_path / "run"]
    assert run.data_named
    assert run.metrics_path.is_file()


@pytest.mark.parametrize("package", ["zoo", "pipelines"])
def test_a_package_is_light_to_import(package):
    code = (
        f"import sys, time; start = time.process_time(); import {package}; "
        "print(time.process_time() - start); "
        "print(*{'tensorflow', 'keras', 'numpy', 'SimpleITK'} & {*sys.modules})"
    )
    seconds = []
    for _ in range(3):  # of a loaded machine the quickest
        shown = subprocess.check_output([sys.executable, "-c", code], encoding="utf-8")
        spent, heavy = shown.split("\n")[:2]
        assert not heavy
        seconds.append(float(spent))
    assert min(seconds) < 0.3
