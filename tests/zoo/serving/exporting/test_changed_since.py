"""Whether a version is of a run as it is today."""

import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.prediction import networks, stages
from zoo.evaluation.last_stage import stage_file
from zoo.prediction import finished_runs
from zoo.runs.run import Run
from zoo.serving.exporting import changed_since, model_file


@pytest.fixture
def run(tmp_path):
    return networks.run(tmp_path / "run")


def version_of(path, folder):
    """A version of which only model.json is there."""
    runs = tuple(finished_runs.by_fold(path).values())
    text = model_file.text(
        runs,
        name="liver",
        version=1,
        precision="float32",
        figures={},
        stages=stage_file.of_runs(runs),
    )
    (folder / "assets.extra").mkdir(parents=True)
    (folder / "assets.extra" / "model.json").write_text(text, encoding="utf-8")
    return folder


def test_a_run_that_is_as_it_was(run, tmp_path):
    version = version_of(run.path, tmp_path / "1")
    assert changed_since.changes(version, run.path) == []
    stages.write(run)
    version = version_of(run.path, tmp_path / "2")
    assert changed_since.changes(version, run.path) == []


def test_a_run_that_was_calibrated_since(run, tmp_path):
    version = version_of(run.path, tmp_path / "1")
    stages.write(run, threshold=0.3)
    (change,) = changed_since.changes(version, run.path)
    assert "has a last stage, and this version has none. Export it again" in change
    version = version_of(run.path, tmp_path / "2")
    stages.write(run, threshold=0.4)
    (change,) = changed_since.changes(version, run.path)
    assert "has another last stage than this version" in change
    run.last_stage_path.unlink()
    (change,) = changed_since.changes(version, run.path)
    assert "has another last stage than this version" in change


def test_folds_of_which_one_was_trained_anew(tmp_path):
    path = networks.folds(tmp_path / "all", 2)
    version = version_of(path, tmp_path / "1")
    assert changed_since.changes(version, path) == []
    second = Run.open(path / "fold-1")
    second.model_path.write_bytes((path / "fold-0" / "model.keras").read_bytes())
    (change,) = changed_since.changes(version, path)
    assert "has other networks than this version" in change


def test_what_is_no_version_of_ours(run, tmp_path):
    with pytest.raises(UsageError, match="nosuch does not exist"):
        changed_since.changes(tmp_path, tmp_path / "nosuch")
    with pytest.raises(DataError, match="model.json can't be read"):
        changed_since.changes(tmp_path, run.path)
    version = version_of(run.path, tmp_path / "1")
    file = version / "assets.extra" / "model.json"
    file.write_text('{"members": [{}]}', encoding="utf-8")
    with pytest.raises(DataError, match="model.json is damaged: KeyError"):
        changed_since.changes(version, run.path)
