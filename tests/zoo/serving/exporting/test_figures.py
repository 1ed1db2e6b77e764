import json

import pytest

from tests.zoo.prediction import networks
from zoo.runs import cross_validation
from zoo.serving.exporting import figures

INTERVAL = {"delong": {"low": 0.6, "high": 0.9}}
LEVEL = {
    "defined": True,
    "samples": 12,
    "patients": 9,
    "resampling": "patients within classes",
    "auc": {"value": 0.8, "intervals": INTERVAL},
    "accuracy": {"value": None, "reason": "x", "intervals": {}},
    "per_class": {"no": {"sensitivity": {"value": 1.0, "intervals": {}}}},
    "confusion": [[1, 2], [3, 4]],
}
SPLIT = {"patient": LEVEL, "sample": LEVEL}
EVIDENCE = {
    "format": 1,
    "confidence": 0.95,
    "splits": {"train": SPLIT, "validation": SPLIT, "test": SPLIT},
    "folds": {"rows": {"p0123456789abcdef": {"auc": 0.7}}},
}
METRICS = {
    "by": "patient",
    "samples": 12,
    "patients": 9,
    "auc": LEVEL["auc"],
    "accuracy": LEVEL["accuracy"],
}


@pytest.fixture
def run(tmp_path):
    return networks.run(tmp_path / "run")


@pytest.fixture
def validation(tmp_path):
    return cross_validation.opened(networks.folds(tmp_path / "all", 2))


def write(folder, evidence):
    folder.mkdir(exist_ok=True)
    (folder / "metrics.json").write_text(json.dumps(evidence), encoding="utf-8")


def test_the_overall_metrics_of_all_splits_but_the_training_one(run):
    write(run.path, EVIDENCE)
    assert figures.of_run(run) == {
        "of": "figures of the run, in float32",
        "confidence": 0.95,
        "metrics": {"": {"validation": METRICS, "test": METRICS}},
    }


def test_of_further_targets_those_that_were_judged(run):
    further = {"grade": {"splits": {"test": SPLIT}}, "size": {"reason": "nobody knows"}}
    write(run.path, {**EVIDENCE, "further_targets": further})
    metrics = figures.of_run(run)["metrics"]
    assert {*metrics} == {"", "grade"}
    assert metrics["grade"] == {"test": METRICS}


def test_patients_seen_before_are_told(run):
    write(run.path, {**EVIDENCE, "seen_patients": {"test": 3}})
    assert figures.of_run(run)["seen_patients"] == {"test": 3}


def test_a_run_that_nobody_judged(run):
    expected = {
        "of": "figures of the run, in float32",
        "metrics": {},
        "note": "not judged",
    }
    assert figures.of_run(run) == expected
    run.metrics_path.unlink()
    assert figures.of_run(run) == expected


def test_how_many_a_run_was_trained_on(run):
    write(run.path, EVIDENCE)
    assert figures.trained_on(run) == {"samples": 12, "patients": 9}
    counted = {**LEVEL, "samples_per_class": {"no": 7, "yes": 5}}
    splits = {"train": {"patient": LEVEL, "sample": counted}}
    write(run.path, {**EVIDENCE, "splits": splits})
    assert figures.trained_on(run)["classes"] == {"no": 7, "yes": 5}
    write(run.path, {**EVIDENCE, "splits": {"test": SPLIT}})
    assert figures.trained_on(run) == {}


def test_of_folds_the_members_are_judged_and_the_mean_is_not(validation):
    write(validation.summary_path, EVIDENCE)
    found = figures.of_folds(validation)
    assert found["members"]["of"].startswith("out-of-fold figures of the members")
    assert found["members"]["metrics"][""]["test"] == METRICS
    assert found["mean"]["metrics"] == {}
    assert found["mean"]["note"] == "not judged"
    assert "p0123456789abcdef" not in json.dumps(found)


def test_a_hold_out_set_judges_the_mean(validation):
    write(validation.summary_path, EVIDENCE)
    write(validation.holdout_path, {**EVIDENCE, "splits": {"test": SPLIT}})
    mean = figures.of_folds(validation)["mean"]
    assert mean["of"].startswith("figures of the mean of all members")
    assert mean["metrics"] == {"": {"test": METRICS}}


def test_whether_anything_is_known(run, validation):
    assert not figures.any_metrics(figures.of_run(run))
    assert not figures.any_metrics(figures.of_folds(validation))
    write(run.path, EVIDENCE)
    write(validation.summary_path, EVIDENCE)
    assert figures.any_metrics(figures.of_run(run))
    assert figures.any_metrics(figures.of_folds(validation))
