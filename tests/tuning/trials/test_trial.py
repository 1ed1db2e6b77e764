"""A trial as a value, and its file."""

import json

import pytest

from pipelines.errors import DataError
from tests.tuning.trials.sweeps import completed, finished
from tuning.trials import trial as trials
from tuning.trials.trial import Trial


def test_the_file_gives_back_the_trial(tmp_path):
    trial = completed("0003", 0.75, parameters=10, code="ab", seconds=1.5)
    trials.write(tmp_path, trial)
    assert trials.read(tmp_path) == trial


def test_a_value_that_is_none_stays_one(tmp_path):
    trials.write(tmp_path, Trial(trial_id="0000", values={"head.units": None}))
    assert trials.read(tmp_path).values == {"head.units": None}


def test_what_is_not_known_is_null(tmp_path):
    trials.write(tmp_path, Trial(trial_id="0000", values={}))
    content = json.loads((tmp_path / "trial.json").read_text(encoding="utf-8"))
    assert content["objective"] is content["parameters"] is None
    assert content["folds"] == []


def test_a_trial_that_is_not_begun_is_none(tmp_path):
    assert trials.read(tmp_path) is None


def test_a_file_of_another_kind_is_told(tmp_path):
    (tmp_path / "trial.json").write_text('{"trial_id": "0000"}', encoding="utf-8")
    with pytest.raises(DataError, match="values: this key is missing|values"):
        trials.read(tmp_path)


@pytest.mark.parametrize(
    ("state", "objective"),
    [("completed", None), ("failed", 0.5), ("completed", float("nan"))],
)
def test_a_figure_goes_with_an_end_that_has_one(state, objective):
    with pytest.raises(ValueError, match="has a finite objective"):
        Trial(trial_id="0000", values={}, state=state, objective=objective)


def test_the_spread_is_that_of_a_sample():
    trial = completed("0000", 0.5)
    assert trial.spread == pytest.approx(0.1 * 2**0.5)
    assert Trial(trial_id="0", values={}, folds=(finished("0", 1.0),)).spread is None


def test_a_single_split_has_a_folder_without_a_name():
    assert (trials.fold_folder(""), trials.fold_folder("2")) == ("fold", "fold-2")
