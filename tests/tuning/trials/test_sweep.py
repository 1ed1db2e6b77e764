"""A sweep's directory: begun, opened, gone on with."""

import json

import pytest

from pipelines.errors import DataError, UsageError
from tests.tuning.trials.sweeps import begun, settings
from tuning.trials import sweep as sweeps
from tuning.trials import trial as trials
from tuning.trials.trial import Trial
from zoo.recipes.recipe import Recipe


def test_it_is_opened_as_it_was_begun(tmp_path):
    sweep = begun(tmp_path / "s", code={"digest": "a"}, abandonment={"p": 0.05})
    assert sweeps.opened(sweep.path) == sweep
    assert sweep.settings == settings(code={"digest": "a"}, abandonment={"p": 0.05})
    assert sweep.recipe == Recipe(arch="cnn3d")


def test_its_data_appears_with_it(tmp_path):
    sweep = sweeps.begin(
        tmp_path / "s",
        settings=settings(),
        recipe=Recipe(),
        space="",
        deal=lambda path: path.mkdir(),
    )
    assert sweep.data_path.is_dir()


def test_nothing_is_left_of_one_whose_data_can_not_be_dealt(tmp_path):
    def deal(path):
        raise DataError("two patients are too few")

    with pytest.raises(DataError, match="too few"):
        sweeps.begin(
            tmp_path / "s", settings=settings(), recipe=Recipe(), space="", deal=deal
        )
    assert list(tmp_path.iterdir()) == []


def test_a_directory_with_something_else_is_refused(tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a").touch()
    with pytest.raises(UsageError, match="holds something else"):
        begun(tmp_path / "s")


def test_a_place_that_can_not_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="can't be written"):
        begun(tmp_path / "file" / "s")


def test_an_absent_directory_is_told(tmp_path):
    with pytest.raises(UsageError, match="does not exist. Name a directory"):
        sweeps.opened(tmp_path / "nosuch")


def test_a_directory_that_is_no_sweep_is_told(tmp_path):
    with pytest.raises(DataError, match="is no sweep"):
        sweeps.opened(tmp_path)


def test_a_later_version_is_told(tmp_path):
    path = begun(tmp_path / "s").path / "sweep.json"
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 2}),
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="is of another version"):
        sweeps.opened(tmp_path / "s")


def test_accepted_code_is_kept(tmp_path):
    sweep = begun(tmp_path / "s", code={"digest": "a"})
    assert sweep.code_digest == "a"
    sweeps.accept_code(sweep, {"digest": "b"})
    assert sweeps.opened(sweep.path).code_digest == "b"
    assert sweeps.opened(sweep.path).settings.code == {"digest": "a"}


def test_a_sweep_with_a_trial_is_not_discarded(tmp_path):
    first, second = begun(tmp_path / "a"), begun(tmp_path / "b")
    second.trial_path("0000").mkdir()
    for sweep in (first, second):
        sweeps.discard(sweep)
    assert not first.path.exists() and second.path.exists()


def test_places_of_a_trial(tmp_path):
    sweep = begun(tmp_path / "s")
    trial = Trial(trial_id="0001", values={})
    sweep.trial_path("0001").mkdir()
    trials.write(sweep.trial_path("0001"), trial)
    assert sweep.trial("0001") == trial
    assert sweep.trial("0002") is None
    assert sweep.fold_path("0001", "2") == sweep.path / "trials" / "0001" / "fold-2"
