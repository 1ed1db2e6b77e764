import json

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from pipelines import command
from tests.zoo.evaluation.cohorts import cohort, evaluated, three_splits
from tests.zoo.evaluation.last_stage.staged_runs import finished, staged
from tests.zoo.test_calibrate import folds
from zoo import calibrate, evaluate
from zoo.evaluation import evidence_text, pooled_folds, run_evaluation
from zoo.evaluation.last_stage import staged as staged_predictions
from zoo.evaluation.last_stage.unknown_samples import UnknownSamples
from zoo.evaluation.metrics.intervals import wilson
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import join, of_split
from zoo.evaluation.results import last_stage
from zoo.evaluation.results.settings import Settings

SETTINGS = Settings(bootstrap=200)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A run with a stage, and what its evaluation says."""
    run = finished(tmp_path_factory.mktemp("run") / "run")
    predictions = predictions_file.read(run.predictions_path, run.task.target)
    plain = evaluated(predictions, SETTINGS, task="demo", unit="study")
    stage = staged(run)
    unknown = UnknownSamples(scores=np.array([0.5, 0.6]), is_unknown=np.ones(2, bool))
    result = run_evaluation.write(
        run.path, settings=SETTINGS, prevalences=[0.1, 0.3], unknown_samples=unknown
    )
    return run, stage, plain, result


def test_what_is_judged_without_a_stage_stays(judged):
    run, _, plain, result = judged
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == result
    assert result["splits"] == plain["splits"]
    assert result["calibration"]["before"] == plain["calibration"]["before"]
    assert "after" not in plain["calibration"]
    new = {"last_stage", "operating_point", "decision_curve", "rejection", "conformal"}
    assert {*result} - {*plain} == new | {"figures"}
    new = {"calibration_test_after.png", "decision_curve_test.png"}
    new |= {"risk_coverage_test.png"}
    assert {result["figures"][name] for name in new} == {""}
    assert result["rejection"]["unknown"]["samples"] == 2
    assert all((run.path / "figures" / name).is_file() for name in new)


def test_the_operating_point_on_test(judged):
    _, stage, _, result = judged
    test = of_split(three_splits(), "test")
    point = result["operating_point"]
    called = stage.scaling.calibrated(test.probabilities)[:, 1]
    called = called >= stage.operating_point.threshold
    ill = test.label == 1
    assert (point["samples"], point["with_event"]) == (30, 15)
    sensitivity = point["sensitivity"]
    assert sensitivity["value"] == pytest.approx(called[ill].mean())
    ends = wilson(int(called[ill].sum()), 15, 0.95)
    assert sensitivity["intervals"]["wilson"] == {"low": ends.low, "high": ends.high}
    assert point["specificity"]["value"] == pytest.approx((~called[~ill]).mean())
    first, second = point["at_prevalence"]
    assert (first["prevalence"], second["prevalence"]) == (0.1, 0.3)
    se, sp = sensitivity["value"], point["specificity"]["value"]
    assert first["ppv"]["value"] == pytest.approx(
        0.1 * se / (0.1 * se + 0.9 * (1 - sp))
    )
    assert {*first["ppv"]["intervals"]} == {"logit", "bootstrap"}
    confusion = np.array(result["last_stage"]["confusion"])
    assert confusion[1].tolist() == [int((~called[ill]).sum()), int(called[ill].sum())]


def test_calibration_before_and_after(judged):
    _, stage, _, result = judged
    test = of_split(three_splits(), "test")
    content = result["calibration"]
    assert (content["split"], content["level"]) == ("test", "patient")
    for name, stated in (
        ("before", test.probabilities),
        ("after", stage.scaling.calibrated(test.probabilities)),
    ):
        overall = content[name]["overall"]
        assert overall["log_loss"]["value"] == pytest.approx(
            log_loss(test.label, stated)
        )
        assert overall["brier"]["value"] == pytest.approx(
            brier_score_loss(test.label, stated[:, 1])
        )
        entries = content[name]["per_class"]["ill"]
        assert entries["o_e"]["value"] == pytest.approx(15 / stated[:, 1].sum())
        assert len(entries["curve"]["low"]) == len(entries["curve"]["stated"])


def test_the_terminal_shows_it(judged):
    *_, plain, result = judged
    text = evidence_text.text(result)
    for words in (
        "calibration, test, by patient, of class ill",
        "before the last stage",
        "operating point youden, test, by patient",
        "PPV at a prevalence of 0.3",
        "net benefit for ill, prevalence 0.1",
    ):
        assert words in text
    assert "ICI (0)" in evidence_text.text(plain)
    assert "operating point" not in evidence_text.text(plain)


def test_more_classes_get_a_table_each(tmp_path):
    predictions, settings = three_splits(("a", "b", "c")), SETTINGS
    run = finished(tmp_path / "run", predictions)
    stage = staged(run, rule=None)
    samples = staged_predictions.of_run(run, stage, of_split(predictions, "test"))
    evidence = evaluated(predictions, settings)
    added, _ = last_stage.evaluate(samples, [stage], evidence, settings)
    result = evidence | added
    assert "operating_point" not in result
    assert [*result["calibration"]["after"]["per_class"]] == ["a", "b", "c"]
    assert [*result["decision_curve"]["per_event"]] == ["a", "b", "c"]
    text = evidence_text.text(result)
    assert "one class against the rest, after the last stage" in text
    assert "joint probabilities are not" in text


def test_folds_are_judged_each_with_its_own_stage(tmp_path, capsys):
    path = folds(tmp_path / "all")
    assert command.run(calibrate.main, [str(path), "--operating-point", "youden"]) == 0
    options = ["--prevalence", "0.2", "--bootstrap", "200"]
    assert command.run(evaluate.main, [str(path), *options]) == 0
    assert "PPV at a prevalence of 0.2" in capsys.readouterr().out
    summary = path / "summary" / "metrics.json"
    result = json.loads(summary.read_text(encoding="utf-8"))
    assert result["last_stage"]["stages"] == 2
    assert len(set(result["operating_point"]["thresholds"])) == 2
    assert result["operating_point"]["samples"] == 40
    assert (path / "summary" / "figures" / "decision_curve_test.png").is_file()


def test_prevalences_that_cant_be_taken(tmp_path, capsys):
    run = finished(tmp_path / "run", cohort(10))
    assert command.run(evaluate.main, [str(run.path), "--prevalence", "1"]) == 2
    assert "--prevalence is between 0 and 1" in capsys.readouterr().err
    assert command.run(evaluate.main, [str(run.path), "--prevalence", "0.1"]) == 2
    assert "goes with runs that have a last stage" in capsys.readouterr().err


def test_sets_of_the_stage_are_judged_by_sample_and_not_where_they_were_fitted(
    tmp_path,
):
    parts = [cohort(40, samples_each=2, split=s) for s in ("validation", "test")]
    run = finished(tmp_path / "run", join(parts))
    stage = staged(run, sets=0.8)
    result = run_evaluation.write(run.path, settings=SETTINGS)
    content, test = result["conformal"], parts[1]
    assert (content["level"], content["by"]) == (0.8, "sample")
    assert result["calibration"]["level"] == "patient"
    inside = stage.sets.of(test.probabilities)
    for index, name in enumerate(("well", "ill")):
        covered = inside[test.label == index, index].mean()
        assert content["coverage"][name]["value"] == covered
        assert 0.55 < covered <= 1
    assert content["mean_size"] == inside.sum(axis=1).mean()
    shown = evidence_text.text(result)
    assert "80% of each class wanted, of the last stage, by sample" in shown
    alone = finished(tmp_path / "alone", parts[0])
    staged(alone, sets=0.8)
    result = run_evaluation.write(alone.path, settings=SETTINGS)
    assert "rejection" in result and "conformal" not in result


def test_sets_of_folds_vote_on_the_test_split_that_they_share(tmp_path):
    runs, inside = [], []
    for seed in (0, 1):
        own = cohort(30, split="validation", seed=seed, name=f"validation{seed}")
        test = cohort(30, seed=5, signal=1.0 + seed, name="test")
        run = finished(tmp_path / str(seed), join([own, test]))
        inside.append(staged(run, sets=0.8).sets.of(test.probabilities))
        runs.append(run)
    result = pooled_folds.write_holdout(
        [run.path for run in runs], settings=SETTINGS, out=tmp_path / "out"
    )
    vote = inside[0] | inside[1]
    assert result["conformal"]["mean_size"] == vote.sum(axis=1).mean()
    pooled = pooled_folds.write(
        [run.path for run in runs],
        settings=SETTINGS,
        out=tmp_path / "pooled",
        split="validation",
    )
    assert "conformal" not in pooled
