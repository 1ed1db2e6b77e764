from tests.zoo.evaluation.cohorts import cohort, evaluated, given, three_splits
from zoo.evaluation.evidence_text import text
from zoo.evaluation.predictions.by_patient import levels_by_split
from zoo.evaluation.predictions.predictions import join
from zoo.evaluation.results import evidence
from zoo.evaluation.results.settings import Settings
from zoo.recipes.recipe import Evaluation, Recipe


def shown(found, **description):
    settings = Settings(bootstrap=200)
    return text(evaluated(found, settings, **description))


def test_all_splits_and_the_classes_of_the_test_split():
    lines = shown(three_splits(), task="demo", unit="study").splitlines()
    assert lines[0] == "task demo, unit study"
    assert lines[1].startswith("in brackets: 95% intervals (")
    assert lines[2].startswith("~ approximate: there are fewer than 50 patients; ")
    assert lines[3] == "≥ one-sided: nothing lies above a perfect result"
    assert lines[5].split() == ["by", "patient", "train", "validation", "test"]
    assert lines[6].split() == ["patients", "40", "20", "30"]
    assert any(line.startswith("test, by patient, one class") for line in lines)
    assert any(line.startswith("test, by patient: true") for line in lines)


def test_samples_too_where_patients_have_several():
    assert "by sample" in shown(cohort(12, samples_each=2))
    assert "by sample" not in shown(cohort(12))


def test_methods_stand_where_they_are_shown_and_nowhere_else():
    assert shown(cohort(60, signal=0.5)).splitlines()[0] == (
        "in brackets: 95% intervals (AUC of one class: Newcombe; proportions and F1: "
        "Wilson; average precision: Wilson, effective number of positives; kappa and "
        "MCC: Wilson, effective number of samples; means over classes: MOVER; log loss "
        "and Brier score: studentised bootstrap; else bootstrap percentiles), 200 "
        "bootstrap resamples of patients, drawn freely (a cohort design)"
    )
    several = shown(cohort(24, samples_each=2, split="test"))
    assert "F1: Wilson, effective number of samples" not in several  # by patient
    perfect = shown(given([0] * 12 + [1] * 12, [0.1] * 12 + [0.9] * 12))
    assert "AUC of 1: one-sided bound of separation" in perfect
    assert "≥ one-sided: nothing lies above a perfect result" in perfect
    assert "1.000 (≥ 0.922)" in perfect


def test_a_case_control_design_is_said():
    settings = Settings(bootstrap=200, design="case_control")
    assert "drawn within classes (a case-control design)" in text(
        evaluated(cohort(12), settings)
    )


def test_what_is_missing_is_explained():
    single = shown(given([0, 0], [0.1, 0.7]))
    assert "note: test: no AUC, no sample of class ill" in single
    mixed = shown(given([0, 1], [0.1, 0.7], patient=["a", "a"]))
    assert "note: test: not by patient, 1 of 1 patients" in mixed
    assert "note: test: no bootstrap intervals (resampling none: there" in mixed


def test_train_and_test_alone():
    found = join([cohort(8, split="train"), cohort(8, split="test")])
    assert "validation" not in shown(found)


def test_the_baseline_stands_beside_the_network():
    settings = Settings(bootstrap=200)
    result = evaluated(cohort(12), settings)
    recipe = Recipe(evaluation=Evaluation(baseline=("age", "sex")))
    result["baseline"] = evidence.evaluate_baseline(
        levels_by_split(cohort(12, signal=0)), recipe, settings
    )
    shown = text(result)
    _, _, beside = shown.partition("beside it, a logistic regression on age, sex alone")
    assert beside.splitlines()[1].split() == ["by", "patient", "test"]
    auc = result["baseline"]["splits"]["test"]["patient"]["auc"]["value"]
    assert f"{auc:.3f} (" in beside.split("AUC")[1]
