"""Classes held out of training, from the files of runs to tables and figures."""

import dataclasses
import json
import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.zoo.evaluation.cohorts import cohort, strangers, three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished, staged
from zoo.evaluation import evidence_text, pooled_folds, run_evaluation
from zoo.evaluation.figures import classification_plots
from zoo.evaluation.metrics.intervals import wilson
from zoo.evaluation.predictions import unknown_file
from zoo.evaluation.predictions.predictions import join, of_split
from zoo.evaluation.rejection import rule_fit, unknowns
from zoo.evaluation.results.settings import Settings

SETTINGS = Settings(bootstrap=200)


UNKNOWN = unknown_file.join(
    [
        strangers(5, split="train"),
        strangers(8, split="validation"),
        strangers(12, split="test"),
        strangers(7, split="test", name="empty", seed=8),
    ]
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    run = finished(tmp_path_factory.mktemp("plain") / "run", unknown=UNKNOWN)
    return run, run_evaluation.write(run.path, settings=SETTINGS)


@pytest.fixture(scope="module")
def through(tmp_path_factory):
    run = finished(tmp_path_factory.mktemp("staged") / "run", unknown=UNKNOWN)
    stage = staged(run, reject=rule_fit.parse(["largest", "coverage=0.8"]))
    return run, stage, run_evaluation.write(run.path, settings=SETTINGS)


def of(name, split="test"):
    rows = [
        row
        for row in range(len(UNKNOWN))
        if UNKNOWN.split[row] == split and UNKNOWN.unknown_class[row] == name
    ]
    return UNKNOWN.probabilities[rows].max(axis=1)


def test_known_against_each_class_held_out(plain):
    run, evidence = plain
    content = evidence["unknown_classes"]
    assert content["classes"] == ["blurred", "empty"]
    assert (content["rule"], content["score"]) == (None, "largest")
    assert (content["level"], content["calibrated"]) == ("patient", False)
    assert [*content["splits"]] == ["validation", "test"]  # none of training
    test = content["splits"]["test"]
    known = cohort(30, split="test", seed=3).probabilities.max(axis=1)
    assert test["known"] == 30
    for name in ("blurred", "empty"):
        entry = test["unknown"][name]
        scores = np.concatenate([known, of(name)])
        truth = np.repeat([1, 0], [30, len(of(name))])
        area = roc_auc_score(truth, scores)
        assert entry["auroc"]["value"] == pytest.approx(area)
        ends = entry["auroc"]["intervals"]["newcombe"]
        assert ends["low"] < area < ends["high"]
        rate = unknowns.false_rate(known, of(name))
        assert entry["fpr95"]["value"] == pytest.approx(rate)
        assert entry["samples"] == entry["patients"] == sum(entry["answered"])
        assert "rejected" not in entry
    assert test["unknown"]["all"]["samples"] == 19
    validation = content["splits"]["validation"]["unknown"]
    assert validation["empty"] == {"samples": 0}
    assert test["by_rule"]["largest"]["auroc"] == test["unknown"]["all"]["auroc"]
    assert "features.npz" in test["by_rule"]["mahalanobis"]["reason"]
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == evidence


def test_they_have_no_part_in_anything_else(plain, tmp_path):
    _, evidence = plain
    run = finished(tmp_path / "run")
    without = run_evaluation.write(run.path, settings=SETTINGS)
    rest = {k: v for k, v in evidence.items() if k != "unknown_classes"}
    assert rest == without


def test_a_stage_rejects_them_by_its_threshold(through):
    _, stage, evidence = through
    content = evidence["unknown_classes"]
    assert (content["rule"], content["calibrated"]) == ("largest", True)
    rows = [row for row in range(len(UNKNOWN)) if UNKNOWN.split[row] == "test"]
    scores = stage.scaling.calibrated(UNKNOWN.probabilities[rows]).max(axis=1)
    rejected = int((scores < stage.reject.threshold).sum())
    entry = content["splits"]["test"]["unknown"]["all"]
    assert entry["rejected"]["value"] == pytest.approx(rejected / 19)
    ends = wilson(rejected, 19, 0.95)
    assert entry["rejected"]["intervals"]["wilson"]["low"] == ends.low
    assert entry["answered"][-1] == rejected
    assert stage.fitted_on.samples == 20  # known validation samples alone


def test_tables_show_them_below_the_known(through):
    *_, evidence = through
    shown = evidence_text.text(evidence)
    assert "unknown classes, test, by patient" in shown
    assert "by the calibrated largest probability" in shown
    assert "AUROC, validation" in shown and "FPR95, test" in shown
    (row,) = [line for line in shown.splitlines() if line.startswith("empty (unk")]
    answered = evidence["unknown_classes"]["splits"]["test"]["unknown"]["empty"]
    assert row.split()[2:] == [*map(str, answered["answered"])]


def test_the_matrix_with_a_reject_column_is_drawn(through, monkeypatch, tmp_path):
    run, _, evidence = through
    name = "confusion_test_rejected.png"
    assert evidence["figures"][name] == ""
    assert (run.path / "figures" / name).is_file()
    drawn = {}
    monkeypatch.setattr(
        classification_plots,
        "confusion",
        lambda *given, **named: drawn.update(counts=given[1], rows=given[2], **named),
    )
    from zoo.evaluation.figures import reject_plot

    reject_plot.draw(tmp_path / name, evidence, heading="Test")
    assert drawn["rows"] == ["well", "ill", "blurred (unknown)", "empty (unknown)"]
    assert drawn["columns"] == ["well", "ill", "unknown"]
    assert drawn["counts"].shape == (4, 3)
    assert drawn["counts"].sum() == 30 + 19
    np.testing.assert_array_equal(
        drawn["counts"][:2], evidence["rejection"]["confusion"]
    )


def test_without_a_reject_rule_there_is_no_such_matrix(tmp_path):
    run = finished(tmp_path / "run")
    staged(run)
    evidence = run_evaluation.write(run.path, settings=SETTINGS)
    assert "confusion_test_rejected.png" not in evidence["figures"]
    assert "unknown_classes" not in evidence


def fold(path, number, *, stage=True, shared=False):
    """A run of a fold with patients of its own, or a test split that all share."""
    own = {"name": ""} if shared else {"fold": str(number)}
    known = join(
        [
            cohort(20, split="train", fold=str(number), signal=3, seed=number),
            cohort(
                16, split="validation", fold=str(number), signal=0.8, seed=10 + number
            ),
            dataclasses.replace(
                cohort(10, split="test", seed=20 + number, **own),
                fold=(str(number),) * 10,
            ),
        ]
    )
    start = "shared" if shared else f"strange{number}"
    unknown = strangers(4, fold=str(number), start=start, seed=30 + number)
    run = finished(path / f"fold-{number}", known, unknown=unknown, fold=str(number))
    if stage:
        staged(run, reject=rule_fit.parse(["largest", "coverage=0.8"]))
    return run, known, unknown


def test_folds_are_pooled_each_by_its_own_stage(tmp_path):
    made = [fold(tmp_path, number) for number in (0, 1, 2)]
    evidence = pooled_folds.write(
        [run.path for run, *_ in made], settings=SETTINGS, out=tmp_path / "summary"
    )
    content = evidence["unknown_classes"]["splits"]["test"]
    assert (content["known"], content["unknown"]["all"]["samples"]) == (30, 12)
    from zoo.evaluation.last_stage import stage_file

    rejected = 0
    for run, _, unknown in made:
        stage = stage_file.of_run(run)
        scores = stage.scaling.calibrated(unknown.probabilities).max(axis=1)
        rejected += int((scores < stage.reject.threshold).sum())
    assert content["unknown"]["blurred"]["answered"][-1] == rejected
    known = np.concatenate([p.probabilities[-10:].max(axis=1) for _, p, _ in made])
    strange = np.concatenate([u.probabilities.max(axis=1) for *_, u in made])
    assert content["by_rule"]["largest"]["auroc"]["value"] == pytest.approx(
        unknowns.auroc(known, strange)
    )


def test_folds_that_share_a_test_split_answer_together(tmp_path):
    made = [fold(tmp_path, n, stage=False, shared=True) for n in (0, 1)]
    evidence = pooled_folds.write_holdout(
        [run.path for run, *_ in made], settings=SETTINGS, out=tmp_path / "holdout"
    )
    content = evidence["unknown_classes"]["splits"]["test"]
    means = np.mean([unknown.probabilities for *_, unknown in made], axis=0)
    known = np.mean([p.probabilities[-10:] for _, p, _ in made], axis=0)
    area = unknowns.auroc(known.max(axis=1), means.max(axis=1))
    assert content["unknown"]["blurred"]["auroc"]["value"] == pytest.approx(area)
    assert "by_rule" not in content


def test_a_perfect_separation_gets_bounds(tmp_path):
    sure = {word: array * 0 + [[0.99, 0.01]] for word, array in UNKNOWN.outputs.items()}
    unsure = {word: array * 0 + [[0.5, 0.5]] for word, array in sure.items()}
    known = three_splits()
    sure = {w: np.where(known.truth == 0, [[0.99, 0.01]], [[0.01, 0.99]]) for w in sure}
    run = finished(
        tmp_path / "run",
        dataclasses.replace(known, outputs=sure),
        unknown=dataclasses.replace(UNKNOWN, outputs=unsure),
    )
    evidence = run_evaluation.write(run.path, settings=SETTINGS)
    entry = evidence["unknown_classes"]["splits"]["test"]["unknown"]["all"]
    assert entry["auroc"]["value"] == 1
    assert entry["auroc"]["intervals"]["separation"]["low"] > 0.7
    rate = entry["fpr95"]
    assert rate["value"] == 0
    assert rate["intervals"]["wilson"]["high"] == wilson(0, 19, 0.95).high
    assert "threshold" in rate["intervals"]["wilson"]["approximate"]
    shown = evidence_text.text(evidence)
    assert "~ approximate: the threshold of a rate of 0 or 1" in shown


def test_splits_without_them_say_so(tmp_path):
    unknown = strangers(5, split="train")
    run = finished(tmp_path / "run", unknown=unknown)
    evidence = run_evaluation.write(run.path, settings=SETTINGS)
    assert evidence["unknown_classes"]["splits"] == {}
    shown = evidence_text.text(evidence)
    assert "held out as unknown: blurred; no sample of both" in shown


def test_conformal_sets_of_folds_come_from_their_own_validation_parts(tmp_path):
    made = [fold(tmp_path, number) for number in (0, 1, 2)]
    evidence = pooled_folds.write(
        [run.path for run, *_ in made], settings=SETTINGS, out=tmp_path / "summary"
    )
    hits, sizes = {"well": [], "ill": []}, []
    for _, known, _ in made:
        validation, test = (of_split(known, split) for split in ("validation", "test"))
        lowest = []
        for index in (0, 1):
            own = validation.probabilities[validation.label == index, index]
            rank = math.ceil((len(own) + 1) * 0.9)
            lowest.append(sorted(own)[-rank] if rank <= len(own) else 0.0)
        inside = test.probabilities >= lowest
        sizes += inside.sum(axis=1).tolist()
        for label, row in zip(test.label, inside):
            hits[("well", "ill")[label]].append(row[label])
    content = evidence["conformal"]
    for name, entry in content["coverage"].items():
        assert entry["value"] == pytest.approx(np.mean(hits[name]))
    assert content["mean_size"] == pytest.approx(np.mean(sizes))
    assert "conformal sets, 90% of each class" in evidence_text.text(evidence)


def test_folds_that_are_judged_where_they_validate_have_no_sets(tmp_path):
    made = [fold(tmp_path, number) for number in (0, 1)]
    evidence = pooled_folds.write(
        [run.path for run, *_ in made],
        settings=SETTINGS,
        out=tmp_path / "summary",
        split="validation",
    )
    assert "conformal" not in evidence and "rejection" in evidence
