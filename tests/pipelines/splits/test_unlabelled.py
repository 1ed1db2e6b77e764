"""Patients without a label: apart from every split, and what a label changes."""

from dataclasses import replace

import pytest

from pipelines.errors import DataError
from pipelines.splits.patient import Assignment, Patient
from pipelines.splits.split import deal
from pipelines.tasks.task import Split

PLANS = [
    Split(train=0.5, validation=0.25, test=0.25),
    Split(kind="folds", folds=3),
    Split(kind="folds", folds=3, holdout=0.25),
    Split(kind="site", validation=0.25),
    Split(kind="official"),
]


def labelled(number, stratum="A"):
    return Patient(
        patient_id=f"p{number:03d}",
        stratum=stratum,
        site=("north", "south")[number % 2],
        official=("train", "validation", "test")[number % 3],
    )


COHORT = [labelled(number, "AB"[number // 12]) for number in range(24)]
APART = [
    Patient(patient_id=f"u{number}", site=("north", "south")[number], labelled=False)
    for number in range(2)
]


@pytest.mark.parametrize("plan", PLANS)
def test_they_are_set_apart_and_change_nothing_for_others(plan):
    dealt = deal([*APART, *COHORT], plan)
    found = {one: dealt.pop(one) for one in ("u0", "u1")}
    assert dealt == deal(COHORT, plan)
    by_site = plan.kind == "site"
    assert found == {
        "u0": Assignment(split="unlabelled", fold="north" if by_site else ""),
        "u1": Assignment(split="unlabelled", fold="south" if by_site else ""),
    }


@pytest.mark.parametrize("plan", PLANS)
def test_they_stay_when_the_cohort_grows(plan):
    recorded = deal([*APART, *COHORT[::2], *COHORT[1::4]], plan)
    new = Patient(patient_id="u2", site="north", labelled=False)
    dealt = deal([*APART, *COHORT, new], plan, recorded=recorded)
    assert {one: dealt[one] for one in recorded} == recorded
    assert dealt["u2"].split == "unlabelled"


@pytest.mark.parametrize("plan", PLANS)
def test_who_gets_a_label_later_is_never_evaluated_by_a_network_that_saw_them(plan):
    recorded = deal([*APART, *COHORT], plan)
    now = replace(labelled(0), patient_id="u0", official="test")
    dealt = deal([now, APART[1], *COHORT], plan, recorded=recorded)
    site = Assignment(split="site", fold="north")
    assert dealt["u0"] == (site if plan.kind == "site" else Assignment(split="train"))
    assert {one: dealt[one] for one in recorded if one != "u0"} == {
        one: recorded[one] for one in recorded if one != "u0"
    }


def test_a_role_goes_before_the_site():
    plan = PLANS[3]
    recorded = deal([*APART, *COHORT], plan)
    now = replace(labelled(0), patient_id="u0", role="train_only")
    dealt = deal([now, *COHORT], plan, recorded=recorded)
    assert dealt["u0"] == Assignment(split="train")


def test_many_new_labels_leave_new_patients_to_the_other_splits():
    plan = PLANS[0]
    many = [replace(one, patient_id=f"u{one.patient_id}") for one in COHORT]
    recorded = deal([*COHORT[:8], *(replace(o, labelled=False) for o in many)], plan)
    with_labels = deal([*COHORT[:8], *many], plan, recorded=recorded)
    assert {with_labels[one.patient_id].split for one in many} == {"train"}
    grown = deal([*COHORT, *many], plan, recorded=with_labels)
    new = [grown[one.patient_id].split for one in COHORT[8:]]
    assert new.count("train") == 0


def test_who_loses_the_label_is_not_moved():
    plan = PLANS[0]
    recorded = deal(COHORT, plan)
    lost = [replace(COHORT[0], labelled=False), *COHORT[1:]]
    with pytest.raises(DataError, match="patient p000 is recorded in .* no label now"):
        deal(lost, plan, recorded=recorded)


def test_by_site_they_want_a_site_too():
    nowhere = Patient(patient_id="u9", labelled=False)
    with pytest.raises(DataError, match="also for one without a label.*patient u9"):
        deal([*COHORT, nowhere], PLANS[3])


def test_a_cohort_without_any_label():
    with pytest.raises(DataError, match="2 patients, 2 different ones, 0 with a label"):
        deal(APART, PLANS[0])
