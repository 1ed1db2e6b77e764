import itertools
import tomllib

import pytest

from pipelines.drafting.split_proposal import propose
from pipelines.splits.patient import Patient, quarters
from pipelines.splits.roles import fold_names, roles
from pipelines.splits.split import deal
from pipelines.storage import config_files
from pipelines.tasks.task import Split


def _plan(sizes, sites=0):
    fields = tomllib.loads(propose(sizes, sites).text)["split"]
    return config_files.build(Split, fields, name="drafted")


def _patients(sizes):
    strata = [name for name, number in sizes.items() for _ in range(number)]
    if {*strata} == {""}:
        strata = quarters({f"p{n:016x}": float(n) for n in range(len(strata))}).values()
    return [
        Patient(patient_id=f"p{n:016x}", stratum=name) for n, name in enumerate(strata)
    ]


def test_a_large_cohort_has_a_test_set():
    plan = _plan({"a": 400, "b": 70})
    assert (plan.kind, plan.train, plan.validation) == ("fractions", 0.7, 0.15)


@pytest.mark.parametrize(("fewest", "folds"), [(63, 5), (5, 5), (4, 4), (3, 3)])
def test_a_small_class_is_tested_fold_by_fold(fewest, folds):
    plan = _plan({"a": 400, "b": fewest})
    assert (plan.kind, plan.folds) == ("folds", folds)


def test_of_two_patients_one_validates():
    plan = _plan({"a": 40, "b": 2})
    assert (plan.kind, plan.folds) == ("validation_folds", 2)


def test_with_a_class_of_one_everybody_trains():
    plan = _plan({"a": 40, "b": 1})
    assert plan.everybody_trains
    assert (
        "the smallest class, 'b', has a single patient"
        in propose({"a": 40, "b": 1}, 0).reason
    )


def test_numbers_have_no_classes():
    assert _plan({"": 200}).kind == "fractions"
    assert _plan({"": 1}).everybody_trains
    assert _plan({"": 1, "oedema": 20}).kind == "folds"  # one without any label


def test_several_sites_are_mentioned():
    assert 'kind = "site"' in propose({"a": 90}, 3).text
    assert "site" not in propose({"a": 90}, 1).text


@pytest.mark.parametrize("sizes", [{}, {"a": 3, "b": 0}])
def test_no_patients(sizes):
    with pytest.raises(ValueError, match="a split wants classes with patients"):
        propose(sizes, 0)


_SIZES = (1, 2, 3, 4, 6, 11, 63, 64)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_ingest_deals_by_what_is_proposed(number):
    """And every class trains, whatever the fold."""
    for counts in itertools.combinations_with_replacement(_SIZES, number):
        sizes = dict(zip("abc", counts))
        plan, patients = _plan(sizes), _patients(sizes)
        dealt = deal(patients, plan)
        groups = {one.group for one in dealt.values()}
        for fold in fold_names(groups, plan) or (None,):
            role = roles(groups, plan, fold)
            trained = {
                one.stratum
                for one in patients
                if role[dealt[one.patient_id].group] == "train"
            }
            assert trained == {*sizes}, (sizes, plan, fold)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 9, 20, 45, 80])
def test_ingest_deals_numbers_by_what_is_proposed(number):
    assert len(deal(_patients({"": number}), _plan({"": number}))) == number
