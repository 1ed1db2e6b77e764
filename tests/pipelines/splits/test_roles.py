"""What each group is for."""

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.splits.roles import fold_names, roles
from pipelines.tasks.task import Split

FOLDS = ("fold-0", "fold-1", "fold-2", "train")
SITES = ("site-a", "site-b", "site-c", "site_validation-a", "site_validation-b")


def test_fractions_are_what_they_are_called():
    groups = ("train", "validation", "test")
    for kind in ("fractions", "official"):
        assert roles(groups, Split(kind=kind)) == dict(zip(groups, groups))
        with pytest.raises(UsageError, match=f"split by {kind} and has no folds"):
            roles(groups, Split(kind=kind), "0")


def test_the_fold_after_the_test_fold_validates():
    plan = Split(kind="folds", folds=3)
    assert roles(FOLDS, plan, "0") == {
        "fold-0": "test",
        "fold-1": "validation",
        "fold-2": "train",
        "train": "train",
    }
    assert roles(FOLDS, plan, "2")["fold-0"] == "validation"


def test_with_a_holdout_the_fold_validates():
    plan = Split(kind="folds", folds=3, holdout=0.2)
    assert roles((*FOLDS, "holdout"), plan, "1") == {
        "fold-0": "train",
        "fold-1": "validation",
        "fold-2": "train",
        "train": "train",
        "holdout": "test",
    }


def test_folds_that_validate_alone_test_nobody():
    plan = Split(kind="validation_folds", folds=3)
    assert roles((*FOLDS, "unlabelled"), plan, "2") == {
        "fold-0": "train",
        "fold-1": "train",
        "fold-2": "validation",
        "train": "train",
        "unlabelled": "unlabelled",
    }
    assert fold_names(FOLDS, plan) == ("0", "1", "2")


def test_folds_that_validate_alone_have_no_holdout():
    plan = Split(kind="validation_folds", folds=3)
    with pytest.raises(DataError, match="'holdout' is none of a split by validation_f"):
        roles((*FOLDS, "holdout"), plan, "0")


def test_a_site_is_left_out_whole():
    assert roles((*SITES, "train"), Split(kind="site"), "a") == {
        "site-a": "test",
        "site_validation-a": "test",
        "site-b": "train",
        "site-c": "train",
        "site_validation-b": "validation",
        "train": "train",
    }


def test_a_site_may_be_named_as_before():
    groups = ("site-p00000000000000aa", "site-p00000000000000bb", "site_validation-b")
    plan = Split(kind="site")
    played = roles(groups, plan, "00000000000000aa")
    assert played == roles(groups, plan, "p00000000000000aa")
    assert played[groups[0]] == "test"


@pytest.mark.parametrize(
    ("plan", "fold"),
    [
        (Split(), None),
        (Split(kind="official"), None),
        (Split(kind="folds", folds=3), "1"),
        (Split(kind="folds", folds=3, holdout=0.2), "1"),
    ],
)
def test_without_a_label_there_is_a_role_of_its_own(plan, fold):
    assert roles(("train", "unlabelled"), plan, fold) == {
        "train": "train",
        "unlabelled": "unlabelled",
    }


def test_without_a_label_a_site_is_left_out_all_the_same():
    groups = (*SITES, "unlabelled-a", "unlabelled-b", "unlabelled-z")
    plan = Split(kind="site")
    played = roles(groups, plan, "a")
    assert played["unlabelled-a"] == "unused"
    assert played["unlabelled-b"] == played["unlabelled-z"] == "unlabelled"
    assert fold_names(groups, plan) == ("a", "b", "c")


def test_folds_are_named():
    assert fold_names(FOLDS, Split(kind="folds", folds=3)) == ("0", "1", "2")
    assert fold_names((*SITES, "train"), Split(kind="site")) == ("a", "b", "c")
    assert fold_names(("train", "test"), Split()) == ()


def test_a_fold_must_be_one_there_is():
    plan = Split(kind="folds", folds=3)
    told = r"one of 0, 1, 2 \(--fold 0\), or all \(--folds all\)\. Received: none"
    with pytest.raises(UsageError, match=told):
        roles(FOLDS, plan)
    with pytest.raises(UsageError, match="one of 0, 1, 2. Received: '3'"):
        roles(FOLDS, plan, "3")
    with pytest.raises(UsageError, match="name the site .*one of a, b, c"):
        roles(SITES, Split(kind="site"), "z")


def test_a_group_of_another_plan_is_refused():
    with pytest.raises(DataError, match="group 'fold-0' is none of a split by frac"):
        roles(("train", "fold-0"), Split())
    with pytest.raises(DataError, match="group 'holdout' is none of a split by folds"):
        roles((*FOLDS, "holdout"), Split(kind="folds", folds=3), "0")
