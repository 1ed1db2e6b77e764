import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pipelines.characteristics.columns import SEVERAL, Column, categorical
from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.numbered import numbered
from zoo.auditing import (
    copies,
    label_permutation,
    report,
    scanner_baseline,
    scanner_model,
    split_balance,
)
from zoo.evaluation.predictions.by_patient import by_patient
from zoo.evaluation.results.settings import Settings

SETTINGS = Settings(bootstrap=200)


class Row:
    def __init__(self, sample_id, patient_id, group):
        self.sample_id, self.patient_id, self.group = sample_id, patient_id, group


ROWS = [
    Row("s1", "p1", "train"),
    Row("s2", "p2", "test"),
    Row("s3", "p3", "test"),
    Row("s4", "p3", "test"),
    Row("s5", "p5", "train"),
]


def test_patients_in_two_splits():
    assert copies.patients_in_two_splits(ROWS).found is False
    finding = copies.patients_in_two_splits([*ROWS, Row("s6", "p1", "test")])
    assert finding.found is True
    assert finding.facts == {"patients": ["p1"]}


def test_copies_across_splits():
    finding = copies.copies_across_splits(
        ROWS, [("s2", "s3", "s5")], [("s3", "s4"), ("s1", "s2")]
    )
    assert finding.found is True
    across = [(*pair["samples"], pair["how"]) for pair in finding.facts["across"]]
    assert across == [
        ("s2", "s5", "equal"),
        ("s3", "s5", "equal"),
        ("s1", "s2", "alike"),
    ]
    assert [pair["samples"] for pair in finding.facts["within"]] == [["s2", "s3"]]
    assert copies.copies_across_splits(ROWS, [], [("s2", "s3")]).found is False


def patients(confounded):
    """40 patients whose vendor goes with the class, or does not."""
    label = np.arange(40) % 2
    vendor = np.where(label, "ge", "siemens") if confounded else np.arange(40) // 2 % 2
    vendor = [str(name) for name in vendor]
    vendor[1] = ""  # not known
    draw = np.random.default_rng(0)
    return {
        "class": Column(name="class", values=label.astype(float), levels=("no", "yes")),
        "split": categorical("split", (["train"] * 3 + ["test"]) * 10),
        "age": Column(name="age", values=draw.normal(50, 9, 40) + 20 * label),
        "vendor": categorical("vendor", vendor),
    }


def test_what_goes_with_the_class():
    finding = split_balance.class_by_columns(patients(True), seed=0)
    assert finding.found is True
    rows = {row["column"]: row for row in finding.facts["rows"]}
    assert rows["vendor"]["cramers_v"] > 0.8
    assert rows["vendor"]["p_holm"] == pytest.approx(
        max(2 * min(r["p"] for r in rows.values()), rows["vendor"]["p"])
    )
    finding = split_balance.class_by_columns(patients(False), seed=0)
    rows = {row["column"]: row for row in finding.facts["rows"]}
    assert rows["age"]["p_holm"] < 0.001
    assert finding.found is False  # an age may belong to the disease


def test_class_by_split():
    columns = patients(False)
    assert split_balance.class_by_split(columns, seed=0).found is True
    columns["split"] = categorical("split", ["train", "train", "test", "test"] * 10)
    assert split_balance.class_by_split(columns, seed=0).found is False
    columns["split"] = categorical("split", ["train"] * 40)
    assert split_balance.class_by_split(columns, seed=0).found is None


def test_the_design():
    columns = {
        "vendor": categorical("vendor", ["a", "b", "", "a"]),
        "spacing": Column(name="spacing", values=np.array([1, np.nan, 3, 2.0])),
        "same": categorical("same", ["x"] * 4),
    }
    designed = scanner_model.design(columns)
    assert designed.names == (
        "vendor=a",
        "vendor=b",
        "vendor missing",
        "spacing",
        "spacing missing",
    )
    np.testing.assert_allclose(designed.numbers.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(designed.numbers.std(axis=0), 1)
    assert designed.numbers[1, 3] == pytest.approx(0)  # the mean where not known


def test_out_of_fold_never_sees_the_patient():
    """Of leave-one-out in two classes of two, by hand through scikit-learn."""
    numbers = np.array([[0.0], [1.0], [2.0], [3.0]])
    labels = np.array([0, 1, 0, 1])
    found = scanner_model.out_of_fold(numbers, labels, 2, repeats=1, seed=3)
    candidates = []
    for partner in (1, 3):
        train = [row for row in range(4) if row not in (0, partner)]
        model = LogisticRegression().fit(numbers[train], labels[train])
        candidates.append(model.predict_proba(numbers[:1])[0, 1])
    assert min(abs(found[0, 1] - value) for value in candidates) < 1e-6
    np.testing.assert_allclose(found.sum(axis=1), 1)


def baseline(columns):
    scanner = scanner_baseline.scanner_columns(columns, [])
    return scanner_baseline.scanner_baseline(
        scanner,
        columns["class"],
        [f"p{i:02}" for i in range(40)],
        permutations=24,
        settings=SETTINGS,
    )


@pytest.fixture(scope="module")
def confounded():
    return baseline(patients(True))


def test_the_class_from_the_scanner(confounded):
    finding, predictions = confounded
    assert finding.found is True
    assert finding.facts["auc"]["value"] > 0.9
    assert finding.facts["permutation"]["p"] == 1 / 25
    assert len(predictions) == 40


def test_a_scanner_that_says_nothing():
    finding, _ = baseline(patients(False))
    assert finding.found is False
    assert finding.facts["auc"]["value"] < 0.65


def test_patients_of_several_classes_are_left_out():
    columns = patients(True)
    values = columns["class"].values.copy()
    values[:3] = [2, np.nan, 2]
    columns["class"] = Column(
        name="class", values=values, levels=("no", "yes", SEVERAL)
    )
    _, predictions = baseline(columns)
    assert predictions.names == ("no", "yes")
    assert len(predictions) == 37


def test_a_scanner_that_is_the_same_for_all():
    columns = patients(True) | {"vendor": categorical("vendor", ["ge"] * 40)}
    finding, predictions = baseline(columns)
    assert finding.found is None
    assert predictions is None
    assert "vendor are the same in all patients" in finding.lines[0]


def test_a_run_against_the_scanner():
    """Of the same scores no difference; of perfect ones against noise a large one."""
    label = [0, 1] * 20
    noise = np.random.default_rng(1).random(40)
    scanner = given(label, noise, classes=("no", "yes"))
    same = scanner_baseline.against_run(scanner, scanner, SETTINGS)
    assert (same.found, same.facts["difference"]) == (True, 0)
    sure = given(label, np.array(label) * 0.6 + 0.3 * noise, classes=("no", "yes"))
    better = scanner_baseline.against_run(scanner, sure, SETTINGS)
    assert better.found is False
    assert better.facts["auc_run"] == 1
    assert better.facts["low"] > 0
    assert scanner_baseline.against_run(None, sure, SETTINGS).found is None


def test_label_permutation_of_classes():
    finding = label_permutation.label_permutation(
        by_patient(cohort(40)), permutations=99, seed=0
    )
    assert finding.found is None
    assert finding.facts["figures"]["auc"]["p"] == 0.01
    noise = given([0, 1] * 15, np.random.default_rng(5).random(30))
    finding = label_permutation.label_permutation(noise, permutations=199, seed=0)
    assert finding.facts["figures"]["auc"]["p"] > 0.05


def test_label_permutation_is_the_test_of_ranks():
    """The exact p of all 20 orders of 3 and 3: AUC 8/9 is reached by 2 of them."""
    predictions = given([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.6, 0.7])
    finding = label_permutation.label_permutation(
        predictions, permutations=1500, seed=0
    )
    assert finding.facts["figures"]["auc"]["value"] == pytest.approx(8 / 9)
    assert finding.facts["figures"]["auc"]["p"] == pytest.approx(0.1, abs=0.025)


def test_label_permutation_of_numbers():
    finding = label_permutation.label_permutation(
        by_patient(numbered(30)), permutations=99, seed=0
    )
    assert finding.facts["figures"]["pearson"]["p"] == 0.01


def test_the_report(tmp_path, confounded):
    findings = [
        copies.patients_in_two_splits(ROWS),
        split_balance.class_by_columns(patients(True), seed=0),
        confounded[0],
    ]
    lines = report.text(findings).split("\n")
    assert lines[0] == "ok: patients in two splits"
    assert lines[-1] == "2 of 3 checks want a look"
    path = report.write(tmp_path, findings)
    checks = json.loads(path.read_text(encoding="utf-8"))["checks"]
    assert checks["scanner_baseline"]["found"] is True
    assert checks["scanner_baseline"]["inputs"][0] == "vendor=ge"
