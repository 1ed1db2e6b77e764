import dataclasses
import json

import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished, staged, with_features
from zoo.evaluation.last_stage import stage_file
from zoo.evaluation.last_stage.class_sets import ClassSets
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


SETS, TWO = {"format": 2}, {"well": 0.5, "ill": 0.5}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 3}, "has the format 3, and this version reads 1 and 2"),
        ({"format": 2}, "has no entry 'sets'"),
        (SETS | {"sets": {"level": 0.9}}, "has no entry 'lowest'"),
        (SETS | {"sets": {"level": 0.9, "lowest": {"ill": 1}}}, "of other classes"),
        (SETS | {"sets": {"level": 2.0, "lowest": TWO}}, "damaged: a coverage is"),
        (SETS | {"sets": {"level": "a", "lowest": TWO}}, "'level' is a float"),
        (
            SETS | {"sets": {"level": 0.9, "lowest": TWO | {"ill": -1}}},
            "damaged: thresholds are probabilities",
        ),
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


def test_sets_are_another_format_and_without_them_nothing_is_another(run):
    plain = staged(run)
    before = run.last_stage_path.read_bytes()
    assert stage_file.of_run(run) == plain
    sets = ClassSets(level=0.9, lowest=(0.25, 0.0))
    stage_file.write(run.last_stage_path, dataclasses.replace(plain, sets=sets))
    assert stage_file.of_run(run).sets == sets
    content = json.loads(run.last_stage_path.read_text(encoding="utf-8"))
    assert content.pop("sets") == {"level": 0.9, "lowest": {"well": 0.25, "ill": 0.0}}
    assert content.pop("format") == 2
    old = json.loads(before)
    assert old.pop("format") == 1 and old == content
    stage_file.write(run.last_stage_path, plain)
    assert run.last_stage_path.read_bytes() == before
