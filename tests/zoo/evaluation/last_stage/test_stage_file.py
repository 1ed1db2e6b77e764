import json

import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished, staged, with_features
from zoo.evaluation.last_stage import stage_file
from zoo.evaluation.rejection import rule_fit


@pytest.fixture
def run(tmp_path):
    return finished(tmp_path / "run")


@pytest.mark.parametrize("scaling", ["temperature", "vector", "isotonic", "none"])
def test_a_stage_is_read_as_it_was_written(run, scaling):
    stage = staged(run, scaling=scaling)
    assert stage_file.of_run(run) == stage
    content = json.loads(run.last_stage_path.read_text(encoding="utf-8"))
    assert content["format"] == 1
    assert content["fitted_on"]["split"] == "validation"
    assert content["fitted_on"]["samples_per_class"] == {"well": 10, "ill": 10}


@pytest.mark.parametrize("rule", ["largest", "energy", "mahalanobis"])
def test_so_is_a_reject_rule(run, rule):
    with_features(run, three_splits())
    reject = rule_fit.parse([rule, "coverage=0.9"])
    stage = staged(run, rule=None, reject=reject)
    assert stage_file.of_run(run) == stage
    assert stage.operating_point is None


def test_a_run_without_one(run):
    assert stage_file.of_run(run) is None
    assert stage_file.of_runs([run, run]) == ()


def test_some_runs_have_one_and_others_not(run, tmp_path):
    staged(run)
    other = finished(tmp_path / "other")
    with pytest.raises(DataError, match="other has no last_stage.json, and other runs"):
        stage_file.of_runs([run, other])


def test_another_model_is_refused(run):
    staged(run)
    run.model_path.write_bytes(b"another model")
    with pytest.raises(DataError, match="fitted to another model.*Fit it anew"):
        stage_file.of_run(run)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "has the format 2, and this version reads 1"),
        ({"scaling": {"method": "platt"}}, "damaged: a scaling is one of"),
        ({"scaling": 3}, "the entry 'scaling' is a dict"),
        ({"operating_point": {"rule": "youden"}}, "damaged: .*operating_point"),
        ({"fitted_on": {"samples": "x"}}, "damaged: counts are whole numbers"),
        ({"reject": {"rule": "nosuch"}}, "damaged: a reject rule is one of"),
        ({"classes": ["a", "b"]}, "damaged: the operating point's event"),
    ],
)
def test_a_damaged_file(run, change, says):
    staged(run)
    content = json.loads(run.last_stage_path.read_text(encoding="utf-8"))
    run.last_stage_path.write_text(json.dumps(content | change), encoding="utf-8")
    with pytest.raises(DataError, match=says):
        stage_file.of_run(run)


def test_classes_of_another_run(run):
    staged(run, rule=None)
    content = json.loads(run.last_stage_path.read_text(encoding="utf-8"))
    content["classes"] = ["a", "b"]
    run.last_stage_path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match="has other classes than the run"):
        stage_file.of_run(run)
