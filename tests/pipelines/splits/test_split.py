"""Dealing patients: no leak, exact quotas, the same everywhere, nobody moves."""

import dataclasses
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DataError
from pipelines.splits.patient import Assignment, Patient
from pipelines.splits.split import check_no_leak, deal
from pipelines.tasks.task import Split

EIGHT_ONE_ONE = Split(train=0.8, validation=0.1, test=0.1)
PLANS = st.sampled_from(
    [
        Split(),
        EIGHT_ONE_ONE,
        Split(train=0.8, validation=0.0, test=0.2, seed=3),
        Split(kind="folds", folds=3),
        Split(kind="folds", folds=5, holdout=0.2, seed=7),
        Split(kind="site", validation=0.2),
    ]
)


def cohort(counts: dict[str, int], start: int = 0) -> list[Patient]:
    return [
        Patient(
            patient_id=f"{name}{number:04d}",
            stratum=name,
            site=("north", "south")[number % 2],
        )
        for name, count in counts.items()
        for number in range(start, start + count)
    ]


COHORTS = st.dictionaries(
    st.sampled_from("ABCD"), st.integers(8, 40), min_size=1, max_size=4
)


def counted(dealt, patients, **wanted):
    return sum(
        dealt[one.patient_id].split == wanted["split"]
        and one.stratum == wanted.get("stratum", one.stratum)
        and dealt[one.patient_id].fold == wanted.get("fold", "")
        for one in patients
    )


@settings(max_examples=60, deadline=None)
@given(counts=COHORTS, plan=PLANS, data=st.data())
def test_everybody_once_whatever_the_order(counts, plan, data):
    patients = cohort(counts)
    dealt = deal(patients, plan)
    assert list(dealt) == [one.patient_id for one in patients]
    shuffled = data.draw(st.permutations(patients))
    assert deal(shuffled, plan) == dealt


@settings(max_examples=60, deadline=None)
@given(counts=COHORTS)
def test_fractions_are_exact_quotas(counts):
    patients = cohort(counts)
    dealt = deal(patients, EIGHT_ONE_ONE)
    for split, share in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
        for stratum, size in counts.items():
            number = counted(dealt, patients, split=split, stratum=stratum)
            assert number >= 1
            assert abs(number - share * size) <= 1
        number = counted(dealt, patients, split=split)
        assert abs(number - share * len(patients)) <= len(counts)


@settings(max_examples=60, deadline=None)
@given(counts=COHORTS, folds=st.integers(3, 6), holdout=st.sampled_from([0.0, 0.25]))
def test_folds_differ_by_one_at_most(counts, folds, holdout):
    patients = cohort(counts)
    dealt = deal(patients, Split(kind="folds", folds=folds, holdout=holdout))
    names = [str(number) for number in range(folds)]
    for stratum in (*counts, None):
        wanted = {} if stratum is None else {"stratum": stratum}
        numbers = [
            counted(dealt, patients, split="fold", fold=name, **wanted)
            for name in names
        ]
        assert max(numbers) - min(numbers) <= 1
    for stratum, size in counts.items():
        number = counted(dealt, patients, split="holdout", stratum=stratum)
        assert abs(number - holdout * size) <= 1


@settings(max_examples=60, deadline=None)
@given(counts=COHORTS, plan=PLANS, new=st.integers(1, 15), data=st.data())
def test_extending_moves_nobody(counts, plan, new, data):
    before = cohort(counts)
    recorded = deal(before, plan)
    grown = data.draw(
        st.permutations(before + cohort(dict.fromkeys(counts, new), start=1000))
    )
    dealt = deal(grown, plan, recorded=recorded)
    assert {one: dealt[one] for one in recorded} == recorded
    assert set(dealt) == {one.patient_id for one in grown}
    if plan.kind == "fractions":
        for stratum, size in counts.items():
            number = counted(dealt, grown, split="test", stratum=stratum)
            assert abs(number - plan.test * (size + new)) <= 1


def test_recorded_patients_stay_though_their_class_changed():
    recorded = {"A0000": Assignment(split="test"), "A0001": Assignment(split="test")}
    patients = [
        Patient(patient_id=one.patient_id, stratum="B" if one.stratum == "A" else "A")
        for one in cohort({"A": 10, "B": 10})
    ]
    dealt = deal(patients, Split(), recorded=recorded)
    assert dealt["A0000"] == dealt["A0001"] == Assignment(split="test")


def test_the_seed_changes_the_split():
    patients = cohort({"A": 40, "B": 40})
    assert deal(patients, Split(seed=1)) != deal(patients, Split(seed=2))


def test_a_split_is_the_same_on_every_machine():
    dealt = deal(cohort({"A": 5, "B": 4}), Split(train=0.5, validation=0.25, test=0.25))
    assert {one: dealt[one].split for one in dealt} == {
        "A0000": "test",
        "A0001": "train",
        "A0002": "validation",
        "A0003": "train",
        "A0004": "train",
        "B0000": "validation",
        "B0001": "train",
        "B0002": "train",
        "B0003": "test",
    }


def test_small_classes_reach_training_then_test_then_validation():
    patients = cohort({"A": 40, "rare": 3, "two": 2})
    dealt = deal(patients, EIGHT_ONE_ONE)
    for split, numbers in (("train", (1, 1)), ("test", (1, 1)), ("validation", (1, 0))):
        for stratum, number in zip(("rare", "two"), numbers):
            assert counted(dealt, patients, split=split, stratum=stratum) == number


def test_patients_that_only_train():
    patients = cohort({"A": 20})
    extra = [
        Patient(patient_id=f"t{n}", stratum="A", role="train_only", site="north")
        for n in range(10)
    ]
    for plan in (
        Split(),
        Split(kind="folds"),
        Split(kind="site"),
        Split(kind="official"),
    ):
        official = [
            Patient(
                patient_id=one.patient_id, stratum="A", site=one.site, official="test"
            )
            for one in patients
        ]
        dealt = deal(official + extra, plan)
        assert {dealt[f"t{n}"] for n in range(10)} == {Assignment(split="train")}
        again = deal(official + extra, plan, recorded=dealt)
        assert again == dealt
        without = deal(official, plan)
        assert {one: dealt[one] for one in without} == without


def test_once_train_only_stays_in_training():
    patients = cohort({"A": 20})
    recorded = {"A0003": Assignment(split="train")}
    for kind in ("fractions", "folds", "site"):
        dealt = deal(patients, Split(kind=kind), recorded=recorded)
        assert dealt["A0003"] == Assignment(split="train")


def test_sites_are_folds_with_a_validation_share_each():
    patients = [
        Patient(patient_id=f"{site}{n}", stratum="AB"[n % 2], site=site)
        for site, size in (("north", 20), ("south", 10), ("east", 4))
        for n in range(size)
    ]
    dealt = deal(patients, Split(kind="site", validation=0.2))
    for one in patients:
        assert dealt[one.patient_id].fold == one.site
    for site, number in (("north", 4), ("south", 2), ("east", 1)):
        assert counted(dealt, patients, split="site_validation", fold=site) == number
    assert dealt["north0"].group in ("site-north", "site_validation-north")


def test_the_official_split_is_taken_as_it_is():
    patients = [
        Patient(patient_id="a", stratum="x", official="validation"),
        Patient(patient_id="b", stratum="y", official="test"),
    ]
    dealt = deal(patients, Split(kind="official"))
    assert [dealt[one].split for one in "ab"] == ["validation", "test"]
    with pytest.raises(DataError, match="patient c has no official split"):
        deal([Patient(patient_id="c")], Split(kind="official"))


def test_a_class_of_one_patient_is_named():
    with pytest.raises(DataError, match="class 'B' has a single patient.*Add patients"):
        deal(cohort({"A": 20, "B": 1}), Split())
    with pytest.raises(DataError, match="the cohort has a single patient"):
        deal([Patient(patient_id="a")], Split(kind="folds"))


def test_one_patient_can_be_in_training_alone():
    plan = Split(train=1.0, validation=0.0, test=0.0)
    assert deal(cohort({"A": 1}), plan) == {"A0000": Assignment(split="train")}


@pytest.mark.parametrize(
    ("counts", "plan", "empty"),
    [
        ({"A": 2}, Split(), "validation"),
        ({"A": 3}, Split(kind="folds", folds=5), "fold-3, fold-4"),
    ],
)
def test_an_empty_split_is_an_error(counts, plan, empty):
    with pytest.raises(DataError, match=f"too few for the split: {empty} would be"):
        deal(cohort(counts), plan)


def test_patients_come_once():
    with pytest.raises(DataError, match="each of them once. Received: 2 patients, 1"):
        deal([Patient(patient_id="a"), Patient(patient_id="a")], Split())
    with pytest.raises(DataError, match="Received: 0 patients"):
        deal([], Split())


def test_sites_must_be_known_and_two():
    plan = Split(kind="site")
    with pytest.raises(DataError, match="Received: 1 sites, 0 of 2"):
        deal([Patient(patient_id=n, site="north") for n in "ab"], plan)
    some = [Patient(patient_id=n, site=n.strip("c")) for n in "abc"]
    with pytest.raises(DataError, match="1 of 3 patients without"):
        deal(some, plan)
    lone = [Patient(patient_id=n, site=n) for n in "ab"]
    with pytest.raises(DataError, match="site_validation of a second site would be"):
        deal(lone, plan)


@pytest.mark.parametrize(
    ("was", "plan"),
    [
        (Assignment(split="fold", fold="1"), Split()),
        (Assignment(split="fold", fold="4"), Split(kind="folds", folds=3)),
        (Assignment(split="test"), Split(kind="site")),
    ],
)
def test_another_plan_cannot_extend(was, plan):
    with pytest.raises(DataError, match="is recorded in .*Extend a data set with"):
        deal(cohort({"A": 20}), plan, recorded={"A0001": was})


def test_a_test_patient_cannot_become_train_only():
    patients = [
        *cohort({"A": 20}),
        Patient(patient_id="b", stratum="A", role="train_only"),
    ]
    with pytest.raises(DataError, match="patient b is recorded in test and is now"):
        deal(patients, Split(), recorded={"b": Assignment(split="test")})


def test_leaks_are_named_by_pseudonym():
    check_no_leak([("a", "train"), ("a", "train"), ("b", "fold-1")])
    with pytest.raises(DataError, match=r"patient a is in two splits \(test, train\)"):
        check_no_leak([("a", "train"), ("a", "test")])
    with pytest.raises(DataError, match="patient a .*and so are 1 more"):
        check_no_leak([("a", "train"), ("a", "test"), ("b", "x"), ("b", "y")])


@pytest.mark.parametrize("kind", ["fractions", "folds", "site"])
def test_the_letter_of_pseudonyms_moves_nobody(kind):
    old = [
        dataclasses.replace(patient, patient_id=hashlib.md5(name).hexdigest()[:16])
        for patient in cohort({"A": 20, "B": 11})
        for name in [patient.patient_id.encode()]
    ]
    new = [dataclasses.replace(p, patient_id=f"p{p.patient_id}") for p in old]
    plan = Split(kind=kind, folds=3, seed=5)
    dealt, again = deal(old, plan), deal(new, plan)
    assert again == {f"p{patient}": where for patient, where in dealt.items()}


def test_a_class_of_one_patient_who_only_trains_may_be():
    patients = cohort({"A": 20, "B": 1})
    alone = dataclasses.replace(patients[-1], role="train_only")
    dealt = deal([*patients[:-1], alone], Split())
    assert alone.stratum == "B" and dealt[alone.patient_id].split == "train"
    assert {one.split for one in dealt.values()} == {"train", "validation", "test"}
