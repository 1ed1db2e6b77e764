import pytest

from pipelines.errors import UsageError
from tests.pipelines.records import small
from tests.zoo.training import trained
from zoo.planning import data_plan
from zoo.planning.memory_need import Need


def test_the_plan_of_a_data_set(tmp_path):
    made = data_plan.plan_for(trained.data_set(tmp_path / "data"))
    assert made.recipe.arch == "cnn3d"
    assert made.facts.samples == 9


def test_a_probe_is_what_the_batch_goes_by(tmp_path, monkeypatch):
    measured = []

    def measure(arch, shape):
        measured.append((arch, shape))
        return Need(fixed_bytes=0, voxel_bytes=1e12)

    monkeypatch.setattr(data_plan.memory_probe, "measure", measure)
    made = data_plan.plan_for(trained.data_set(tmp_path / "data"), probe=True)
    assert measured == [("cnn3d", (16, 16, 16, 2))]
    assert made.recipe.optimisation.batch_size == 1


def test_an_unknown_data_set_is_refused_before_records_are_read(tmp_path, monkeypatch):
    data = trained.data_set(tmp_path / "data")
    monkeypatch.setattr(data_plan, "fingerprint", None)
    with pytest.raises(UsageError, match="--without names data sets"):
        data_plan.plan_for(data, without={"liver"})


def test_a_grid_that_no_network_takes_is_refused(tmp_path):
    (tmp_path / "data").mkdir()
    task = small.task(shape=(16, 5, 16))
    data = small.data_set(tmp_path / "data", task, trained.SPLITS)
    with pytest.raises(UsageError, match="cnn3d wants at least 8 voxels"):
        data_plan.plan_for(data)
