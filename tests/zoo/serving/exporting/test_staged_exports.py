"""A run with a last stage is exported with it."""

import dataclasses
import hashlib
import json

import numpy as np
import pytest
import tensorflow as tf

from pipelines.errors import DataError, UsageError
from tests.zoo.prediction import networks, stages
from tests.zoo.serving import exported
from tests.zoo.serving.exporting import kinds
from tests.zoo.serving.exporting.test_export_runs import export
from tests.zoo.serving.exporting.test_signatures import answers, assert_equal, volumes
from tests.zoo.serving.gate import in_process
from zoo.evaluation.calibration.scaling import (
    IsotonicScaling,
    TemperatureScaling,
    VectorScaling,
)
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.rejection.rules import LargestProbability
from zoo.prediction import graph_scalings, predictor, staged_answer
from zoo.runs.run import Run
from zoo.serving.exporting import (
    export_request,
    export_runs,
    held_to,
    saved_model,
    stage_facts,
)

RECORDS = kinds.records("classes")
ADDED = {"probabilities_uncalibrated", "score", "is_unknown"}
LINE = IsotonicScaling(stated=((0.0, 0.45, 1.0),), observed=((0.05, 0.4, 0.95),))
STAGES = {
    "temperature-energy": (TemperatureScaling(temperature=0.5), "energy"),
    "vector-largest": (VectorScaling(factors=(2, 3), biases=(0.5, 0)), "largest"),
    "isotonic-mahalanobis": (LINE, "mahalanobis"),
}


@pytest.fixture
def in_this_process():
    with in_process.gate():
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


def described(path):
    file = path / saved_model.ASSETS / "model.json"
    return json.loads(file.read_text(encoding="utf-8"))


SLOW = pytest.mark.slow  # each saves a model and loads it


@SLOW
@pytest.mark.parametrize("kind", STAGES)
def test_it_answers_as_the_run_does(run, tmp_path, kind):
    scaling, reject = STAGES[kind]
    stages.dividing(run, RECORDS, scaling=scaling, reject=reject)
    model = tf.saved_model.load(str(exported.written(run.path, tmp_path / "root")))
    of_run = predictor.load(run.path)
    expected = of_run.answer_records(RECORDS)
    assert {*expected} == {"probabilities", "label", "class_names", *ADDED}
    assert len({*expected["label"]}) == len({*expected["is_unknown"]}) == 2
    by_record = answers(model, "serve_examples", examples=RECORDS)
    assert by_record["is_unknown"].dtype == bool
    assert_equal(by_record, expected)
    given = volumes(of_run, RECORDS)
    assert_equal(answers(model, "serving_default", **given), expected)


@SLOW
def test_further_targets_stay_as_they_are(tmp_path):
    several = networks.run(tmp_path / "run", **kinds.SETTINGS["several"])
    records = kinds.records("several")
    stages.dividing(several, records)
    model = tf.saved_model.load(str(exported.written(several.path, tmp_path / "root")))
    expected = predictor.load(several.path).answer_records(records)
    assert {"label_signs", "predictions_size", *ADDED} < {*expected}
    assert_equal(answers(model, "serve_examples", examples=records), expected)


@pytest.mark.usefixtures("in_this_process")
def test_the_gate_holds_it_to_the_run_and_model_json_names_the_stage(run, tmp_path):
    stage = stages.dividing(run, RECORDS)
    path, lines = export(run.path, tmp_path / "root")
    (line,) = [line for line in lines if line.startswith("TensorFlow ")]
    assert "serve_examples 5" in line
    cut = f"{stage.operating_point.threshold:.4g}"
    (line,) = [line for line in lines if line.startswith("with its last stage")]
    assert line == (
        f"with its last stage: scaling temperature, yes from a probability of {cut} on,"
        " unknown by the largest probability"
    )
    facts = described(path)
    together, (member,) = facts["last_stage"], facts["members"]
    assert together["operating_point"] == {
        "event": ["yes"],
        "threshold": stage.operating_point.threshold,
    }
    assert together["reject"] == "largest"
    assert {*together["outputs"]} == ADDED
    assert member["last_stage"] == {
        "sha256": hashlib.sha256(run.last_stage_path.read_bytes()).hexdigest(),
        "scaling": "temperature",
        "fitted_on": {
            "split": "validation",
            "samples": 20,
            "patients": 15,
            "samples_per_class": {"no": 10, "yes": 10},
        },
        "operating_point": {
            "rule": stage.operating_point.rule,
            "event": ["yes"],
            "threshold": stage.operating_point.threshold,
            "sensitivity": 1,
            "specificity": 1,
        },
        "reject": {"rule": "largest", "threshold": stage.reject.threshold},
    }


@SLOW
@pytest.mark.usefixtures("in_this_process")
def test_folds_each_with_its_own(tmp_path):
    path = networks.folds(tmp_path / "all", 2)
    for fold, temperature, threshold in ((0, 0.5, 0.3), (1, 2.0, 0.6)):
        one = Run.open(path / f"fold-{fold}")
        stages.write(one, temperature=temperature, threshold=threshold)
    version, _ = export(path, tmp_path / "root")
    facts = described(version)
    assert facts["last_stage"]["operating_point"]["threshold"] == pytest.approx(0.45)
    digests = {member["last_stage"]["sha256"] for member in facts["members"]}
    assert len(digests) == 2
    model = tf.saved_model.load(str(version))
    expected = predictor.load(path).answer_records(RECORDS)
    assert {*expected} > ADDED
    assert_equal(answers(model, "serve_examples", examples=RECORDS), expected)


@pytest.mark.usefixtures("in_this_process")
def test_sets_are_in_the_signature_and_model_json_says_what_they_cover(run, tmp_path):
    shares = predictor.load(run.path, with_stage=False).answer_records(RECORDS)
    ill = np.sort(shares["probabilities"][:, 1])
    sets = ClassSets(level=0.9, lowest=(0.0, float(ill[1])))  # that of a record
    stages.write(run, sets=sets)
    version, lines = export(run.path, tmp_path / "root")
    (line,) = [line for line in lines if line.startswith("with its last stage")]
    assert line.endswith("sets that cover 90 % of each class")
    facts = described(version)
    assert facts["last_stage"]["sets"] == {"level": 0.9, "too_few": []}
    assert facts["last_stage"]["outputs"][-1] == "prediction_set"
    (member,) = facts["members"]
    assert member["last_stage"]["sets"] == {
        "level": 0.9,
        "lowest": {"no": 0.0, "yes": float(ill[1])},
    }
    assert member["last_stage"]["fitted_on"]["samples_per_class"]["yes"] == 10
    model = tf.saved_model.load(str(version))
    expected = predictor.load(run.path).answer_records(RECORDS)["prediction_set"]
    for name in ("serve_examples", "serving_default"):
        output = model.signatures[name].structured_outputs["prediction_set"]
        assert (output.dtype, [*output.shape]) == (tf.bool, [None, 2])
    found = answers(model, "serve_examples", examples=RECORDS)["prediction_set"]
    held = shares["probabilities"][:, 1] != ill[1]  # where no rounding decides
    np.testing.assert_array_equal(found[held], expected[held])
    assert expected.sum(axis=0).tolist() == [len(RECORDS), len(RECORDS) - 1]


def test_classes_of_too_few_samples_in_any_fold(run):
    many = stages.write(run, sets=ClassSets(level=0.9, lowest=(0.5, 0.5)))
    few = stages.write(run, sets=ClassSets(level=0.95, lowest=(0.5, 0.5)))
    assert stage_facts.together([many])["sets"]["too_few"] == []
    assert stage_facts.together([few, many])["sets"] == {
        "level": 0.95,
        "too_few": ["no", "yes"],
    }


def test_without_its_stage_when_told(run, tmp_path):
    stage = stages.write(run)
    place = {"name": "liver", "to": tmp_path / "root"}
    assert export_request.checked(run.path, **place).stages == (stage,)
    request = export_request.checked(run.path, **place, without_stage=True)
    assert request.stages == ()
    assert {*held_to.of(request).answers} == {
        *("probabilities", "label", "class_names", "features")
    }


def test_a_changed_stage_has_another_digest(run):
    facts = []
    for threshold in (0.3, 0.4, 0.3):
        stage = stages.write(run, threshold=threshold)
        facts.append(stage_facts.of_run(run, stage))
    assert facts[0] == facts[2]
    assert facts[0]["sha256"] != facts[1]["sha256"]
    assert "reject" not in facts[0]
    everything = LargestProbability(threshold=float("-inf"))
    facts = stage_facts.of_run(run, stages.write(run, reject=everything))
    assert json.loads(json.dumps(facts, allow_nan=False))["reject"] == {
        "rule": "largest",
        "threshold": "-inf",
    }


@SLOW
@pytest.mark.usefixtures("in_this_process")
def test_bfloat16_may_change_no_label_and_know_no_other_samples(tmp_path, monkeypatch):
    half = networks.run(tmp_path / "run")
    stages.write(half, threshold=0.01)
    path, lines = export(half.path, tmp_path / "root", precision="bfloat16")
    (measured,) = described(path)["differences"]
    assert {*measured["largest"]} == {
        *("probabilities", "probabilities_uncalibrated", "score")
    }
    assert 0 < measured["largest"]["score"] < 0.02
    real = predictor.Predictor.answer

    def other(self, each):
        return {**real(self, each), "is_unknown": np.array(True)}

    monkeypatch.setattr(predictor.Predictor, "answer", other)
    monkeypatch.setattr(held_to.stage_in_graph, "check", lambda *_: None)
    with pytest.raises(DataError, match="in bfloat16 the model knows other samples"):
        export(half.path, tmp_path / "root", precision="bfloat16")


def test_a_stage_that_is_another_in_the_graph_is_not_exported(
    run, tmp_path, monkeypatch
):
    stages.dividing(run, RECORDS)

    def wrong(scaling, probabilities):
        return probabilities

    monkeypatch.setitem(graph_scalings.GRAPH_SCALINGS, TemperatureScaling, wrong)
    message = "another in TensorFlow than in NumPy: its probabilities, score"
    with pytest.raises(DataError, match=message):
        export(run.path, tmp_path / "root")
    assert not [*(tmp_path / "root" / "liver").glob("[0-9]*")]


def test_a_stage_that_changes_meanwhile(run, tmp_path):
    stages.write(run, threshold=0.3)
    request = export_request.checked(run.path, name="liver", to=tmp_path / "root")
    stages.write(run, threshold=0.4)
    with pytest.raises(DataError, match="was fitted anew meanwhile. Export again"):
        export_runs.export(request)


def test_onnx_holds_none(run, tmp_path, monkeypatch):
    monkeypatch.setattr(export_request, "_check_onnx", lambda: None)
    stages.write(run)
    with pytest.raises(UsageError, match="--onnx holds no last stage.*--without-stage"):
        export_request.checked(run.path, name="a", to=tmp_path, onnx=True)
    request = export_request.checked(
        run.path, name="a", to=tmp_path, onnx=True, without_stage=True
    )
    assert request.onnx and not request.stages


def test_folds_of_which_some_have_none(tmp_path):
    path = networks.folds(tmp_path / "all", 2)
    stages.write(Run.open(path / "fold-0"))
    with pytest.raises(DataError, match="fold-1 has no last_stage.json"):
        export_request.checked(path, name="a", to=tmp_path)


def test_a_further_target_that_is_called_as_an_output_of_the_stage(tmp_path):
    (signs, *_) = kinds.SETTINGS["several"]["task"].further_targets
    named = dataclasses.replace(signs, name="uncalibrated")
    task = dataclasses.replace(networks.TASK, further_targets=(named,))
    run = networks.run(tmp_path / "run", task=task)
    record = networks.record(networks.voxels(), task)
    answered = predictor.load(run.path).answer_records([record])
    assert "probabilities_uncalibrated" in answered
    assert not staged_answer.is_staged(answered)
    stages.write(run)
    message = "no further target that is called uncalibrated"
    with pytest.raises(DataError, match=message):
        predictor.load(run.path)
    with pytest.raises(DataError, match=message):
        export_request.checked(run.path, name="a", to=tmp_path)
