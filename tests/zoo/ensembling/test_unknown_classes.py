"""Classes that the members hold out, from their files to the ensemble's evidence."""

import dataclasses
import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.zoo.ensembling.members import cross_validation, member, predictions
from tests.zoo.evaluation.cohorts import strangers
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import make, unknown_classes
from zoo.ensembling import member as members_of
from zoo.evaluation import evidence_text, run_evaluation
from zoo.evaluation.predictions import predictions_file, unknown_file
from zoo.evaluation.predictions.predictions import of_split
from zoo.evaluation.results.settings import Settings
from zoo.runs.run import Run

SETTINGS = Settings(bootstrap=200)
HELD_OUT = ("blurred",)


@pytest.fixture(autouse=True)
def _no_figures(monkeypatch):
    monkeypatch.setattr(run_evaluation, "draw", lambda *_: {})


def said_by(seed):
    """What a member says of three splits of strangers, the same patients by seed."""
    return unknown_file.join(
        [
            strangers(number, split=split, seed=seed)
            for split, number in (("train", 4), ("validation", 6), ("test", 9))
        ]
    )


def holding_out(path, seed):
    return member(path, seed, found=predictions(seed), unknown=said_by(seed))


def test_the_rule_answers_of_the_classes_that_members_hold_out(tmp_path):
    paths = [holding_out(tmp_path / f"run{seed}", seed) for seed in (1, 2, 3)]
    out = tmp_path / "largest"
    ensemble, results = make.make(paths, rule="max", out=out, settings=SETTINGS)
    each = np.stack([said_by(seed).probabilities for seed in (1, 2, 3)])
    expected = each.max(axis=0) / each.max(axis=0).sum(axis=1, keepdims=True)
    found = unknown_file.read(out / "unknown.csv", ("well", "ill"), HELD_OUT)
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-7)
    assert found.sample_id == said_by(1).sample_id
    content = results["unknown_classes"]
    assert content["rule"] is None and content["classes"] == ["blurred"]
    assert [*content["splits"]] == ["validation", "test"]
    known = of_split(
        predictions_file.read(out / "predictions.csv", ensemble.targets[0]), "test"
    ).probabilities.max(axis=1)
    unknown = expected[10:].max(axis=1)
    area = content["splits"]["test"]["unknown"]["blurred"]["auroc"]["value"]
    assert area == pytest.approx(
        roc_auc_score([1] * len(known) + [0] * 9, [*known, *unknown])
    )
    saved = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert saved["unknown_classes"] == content
    assert "blurred" in evidence_text.text(results)


def test_of_folds_each_answers_of_the_samples_of_its_own(tmp_path):
    paths = [cross_validation(tmp_path / f"all{seed}", seed) for seed in (1, 2)]
    said = {}
    for seed, path in zip((1, 2), paths, strict=True):
        for fold in range(3):
            run = Run.resume(path / f"fold-{fold}")
            said[seed, fold] = of_fold(seed, fold)
            hold_out(run, unknown_file.join([*said[seed, fold].values()]))
    out = tmp_path / "both"
    _, results = make.make(paths, rule="mean", out=out, settings=SETTINGS)
    found = unknown_file.read(out / "unknown.csv", ("well", "ill"), HELD_OUT)
    assert {*found.split} == {"test"}
    assert found.fold == ("0",) * 5 + ("1",) * 5 + ("2",) * 5
    expected = [
        (said[1, fold]["test"].probabilities + said[2, fold]["test"].probabilities) / 2
        for fold in range(3)
    ]
    np.testing.assert_allclose(found.probabilities, np.concatenate(expected), 1e-7)
    unknown = results["unknown_classes"]["splits"]["test"]["unknown"]["all"]
    assert unknown["samples"] == 15


def test_members_that_know_all_classes_leave_no_such_file(tmp_path):
    paths = [member(tmp_path / f"run{seed}", seed) for seed in (1, 2)]
    _, results = make.make(paths, rule="mean", out=tmp_path / "both", settings=SETTINGS)
    assert not (tmp_path / "both" / "unknown.csv").exists()
    assert "unknown_classes" not in results


def test_a_member_without_a_sample_abstains_from_it(tmp_path):
    paths = [holding_out(tmp_path / f"run{seed}", seed) for seed in (1, 2)]
    fewer = unknown_file.of_split(said_by(2), "test")
    unknown_file.write(paths[1] / "unknown.csv", fewer)
    ensemble, _ = make.make(
        paths, rule="mean", out=tmp_path / "both", settings=SETTINGS
    )
    ensemble = ensembles.opened(ensemble.path)
    by_fold = unknown_classes.predicted(ensemble, members_of.reopened(ensemble))
    alone = said_by(1).probabilities[:10]
    np.testing.assert_allclose(by_fold[""].probabilities[:10], alone, rtol=1e-7)


def of_fold(seed, fold):
    """A fold's strangers: five to test, others to validate."""
    return {
        split: dataclasses.replace(
            strangers(
                5, split=split, seed=10 * seed + place, start=f"part{place}-strange"
            ),
            fold=(str(fold),) * 5,
        )
        for split, place in (("test", fold), ("validation", (fold + 1) % 3))
    }


def hold_out(run, unknown):
    """Makes a run one whose task has a class more, which it holds out."""
    unknown_file.write(run.unknown_path, unknown)
    path = run.path / "dataset.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["task"]["target"]["record_classes"] = ["well", "ill", *HELD_OUT]
    path.write_text(json.dumps(content), encoding="utf-8")
