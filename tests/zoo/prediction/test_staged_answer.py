import csv
import io
import json

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.prediction import networks, stages
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.rejection.rules import Energy, LargestProbability
from zoo.prediction import (
    finished_runs,
    output_format,
    predictor,
    result_file,
    result_lines,
)
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.result_file import Prediction
from zoo.runs.run import Run

RECORDS = [networks.record(networks.voxels(seed)) for seed in range(3)]
ADDED = ["label", "probabilities_uncalibrated", "score", "is_unknown"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def plain(run):
    """What the network alone says of the records."""
    return predictor.load(run.path, with_stage=False).answer_records(RECORDS)


def cooled(probabilities, temperature=2.0):
    powers = probabilities.astype(np.float64) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def test_a_run_answers_with_its_last_stage(run, plain):
    of_one = np.sort(cooled(plain["probabilities"])[:, 1])
    cut = float(of_one[0] + of_one[1]) / 2
    known = np.sort(cooled(plain["probabilities"]).max(axis=1))
    reject = LargestProbability(threshold=float(known[0] + known[1]) / 2)
    stages.write(run, threshold=cut, reject=reject)
    loaded = predictor.load(run.path)
    answered = loaded.answer_records(RECORDS)
    expected = cooled(plain["probabilities"])
    assert answered["probabilities"].dtype == np.float32
    np.testing.assert_allclose(answered["probabilities"], expected, rtol=1e-5)
    np.testing.assert_array_equal(
        answered["probabilities_uncalibrated"], plain["probabilities"]
    )
    called = (expected[:, 1] >= cut).astype(int)
    assert answered["label"].tolist() == [run.classes[i] for i in called]
    assert sorted(called.tolist()) == [0, 1, 1]
    np.testing.assert_allclose(answered["score"], expected.max(axis=1), rtol=1e-5)
    unknown = expected.max(axis=1) < reject.threshold
    assert answered["is_unknown"].tolist() == unknown.tolist()
    assert unknown.sum() == 1
    shown = loaded.predict_records(RECORDS)
    assert [*shown] == ["probabilities", *ADDED]
    _check_files(run, loaded, unknown)


def _check_files(run, loaded, unknown, folder=None):
    """What stands in a result file, cell by cell."""
    answers = [loaded.answer(loaded.predict_each(record)) for record in RECORDS]
    each = [Prediction(number=i, name=str(i), outputs=a) for i, a in enumerate(answers)]
    facts = ModelFacts(name="run", task=run.task, has_last_stage=True)
    path = run.path / "result.csv"
    result_file.write(path, each, facts, ids=False)
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    names = run.classes
    assert [*rows[0]] == [
        *("number", "name", "class"),
        *(f"prob:{name}" for name in names),
        *(f"prob_uncalibrated:{name}" for name in names),
        *("score", "is_unknown", "error"),
    ]
    for row, answer, is_unknown in zip(rows, answers, unknown, strict=True):
        label = "unknown" if is_unknown else answer["label"].item()
        assert (row["class"], row["is_unknown"]) == (label, str(int(is_unknown)))
        before = answer["probabilities_uncalibrated"][1]
        assert row[f"prob_uncalibrated:{names[1]}"] == f"{before:.9g}"
    path = run.path / "result.json"
    result_file.write(path, each, facts, ids=False)
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert [result["is_unknown"] for result in results] == unknown.tolist()
    assert {*results[0]} >= {"class", "probabilities", "probabilities_uncalibrated"}
    (target_output,) = facts.target_outputs
    words = [output_format.words(answer, target_output)[0] for answer in answers]
    assert [word == "unknown" for word in words] == unknown.tolist()


def test_an_energy_looks_at_logits(run, plain):
    stages.write(run, reject=Energy(threshold=1e9))
    loaded = predictor.load(run.path)
    (outputs,) = loaded.predict_each(RECORDS[0]).values()
    answered = loaded.answer({"": outputs})
    energy = np.log(np.exp(outputs["logits"].astype(np.float64)).sum())
    assert answered["score"] == pytest.approx(energy, rel=1e-6)
    assert answered["is_unknown"]


def test_a_stage_of_another_model_does_not_predict(run):
    stages.write(run)
    content = json.loads(run.last_stage_path.read_text(encoding="utf-8"))
    content["model_sha256"] = "0" * 64
    run.last_stage_path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match="fitted to another model"):
        predictor.load(run.path)


def test_folds_answer_each_with_its_own(tmp_path):
    path = networks.folds(tmp_path / "all", 2)
    runs = [Run.open(path / f"fold-{fold}") for fold in (0, 1)]
    alone = predictor.load(path, with_stage=False)
    each = alone.predict_each(RECORDS[0])
    stages.write(runs[0], temperature=2, threshold=0.3)
    with pytest.raises(DataError, match="fold-1 has no last_stage.json"):
        predictor.load(path)
    stages.write(runs[1], temperature=4, threshold=0.9)
    answered = predictor.load(path).answer(each)
    calibrated = [
        cooled(each[fold]["probabilities"][None], t)[0]
        for fold, t in (("0", 2.0), ("1", 4.0))
    ]
    mean = np.mean(calibrated, axis=0)
    np.testing.assert_allclose(answered["probabilities"], mean, rtol=1e-5)
    np.testing.assert_array_equal(
        answered["probabilities_uncalibrated"], alone.answer(each)["probabilities"]
    )
    assert answered["label"] == runs[0].classes[int(mean[1] >= 0.6)]


def test_sets_stand_in_the_answer_and_in_both_files(run, plain):
    ill = np.sort(plain["probabilities"][:, 1])
    sets = ClassSets(level=0.8, lowest=(1.0, float(ill[1])))
    stages.write(run, threshold=None, sets=sets)
    loaded = predictor.load(run.path)
    inside = loaded.answer_records(RECORDS)["prediction_set"]
    expected = [[False, share >= ill[1]] for share in plain["probabilities"][:, 1]]
    assert inside.tolist() == expected and inside.sum() == 2
    assert "prediction_set" in loaded.predict_records(RECORDS)
    facts = finished_runs.facts_of([run])
    assert facts.set_level == 0.8
    answers = [loaded.answer(loaded.predict_each(record)) for record in RECORDS]
    each = [Prediction(number=i, name=str(i), outputs=a) for i, a in enumerate(answers)]
    path = run.path / "sets.csv"
    result_file.write(path, each, facts, ids=False)
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    names = [f"in_set:{name}" for name in run.classes]
    assert [*rows[0]][-4:] == ["is_unknown", *names, "error"]
    assert [[row[name] == "1" for name in names] for row in rows] == expected
    path = run.path / "sets.json"
    result_file.write(path, each, facts, ids=False)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["prediction_set_level"] == 0.8
    assert [result["prediction_set"] for result in content["results"]] == [
        [run.classes[1]] * int(is_in) for _, is_in in expected
    ]
    lines = result_lines.table(each, facts.target_outputs, set_level=0.8).splitlines()
    assert "set (80 %)" in lines[0]
    assert [("(none)" in line) for line in lines[1:]] == [not i for _, i in expected]
    stages.write(run)
    assert finished_runs.facts_of([run]).set_level is None


def test_sets_of_folds_vote(tmp_path):
    path = networks.folds(tmp_path / "all", 2)
    runs = [Run.open(path / f"fold-{fold}") for fold in (0, 1)]
    stages.write(runs[0], sets=ClassSets(level=0.9, lowest=(0.0, 1.0)))
    stages.write(runs[1], sets=ClassSets(level=0.9, lowest=(1.0, 1.0)))
    loaded = predictor.load(path)
    each = loaded.predict_each(RECORDS[0])
    assert loaded.answer(each)["prediction_set"].tolist() == [True, False]
    assert not loaded.answer({"1": each["1"]})["prediction_set"].any()
    stages.write(runs[1], sets=ClassSets(level=0.8, lowest=(1.0, 1.0)))
    with pytest.raises(DataError, match="sets of other levels"):
        predictor.load(path)
