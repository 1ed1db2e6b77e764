import pytest

from pipelines.drafting.column_kinds import column
from pipelines.drafting.covariate_proposal import is_numeric, is_usual, propose
from pipelines.drafting.questions import Asker

_SEX = column("Sex", ["M", "F", "F", "M"])
_AGE = column("age (years)", ["61", "48", "77", "50"])
_PSA = column("psa", ["4.5", "12", "0.3", ""])
_LABEL = column("label", ["a", "b", "a", "b"])


def _proposal(columns, **answers):
    return propose(columns, ["label"], Asker(answers, terminal=False))


def test_the_target_is_no_covariate():
    found = _proposal([_LABEL, _SEX, _AGE])
    assert found.names == ("Sex", "age (years)")
    assert found.levels == {"Sex": ("F", "M")} and found.comments == ()


def test_others_are_taken_when_asked_for_alone():
    assert _proposal([_PSA, _LABEL]).names == ()
    assert _proposal([_PSA, _LABEL]).comments == ("further columns that could be: psa",)
    assert _proposal([_PSA, _LABEL], covariates="psa").names == ("psa",)


def test_they_stand_in_the_order_of_the_table():
    found = _proposal([_AGE, _PSA, _SEX], covariates="sex, psa")
    assert found.names == ("psa", "Sex")


def test_levels_of_grades_are_in_their_order():
    stage = column("stage", ["II", "I", "III", "I", "II", "III"])
    assert _proposal([stage], covariates="stage").levels == {
        "stage": ("I", "II", "III")
    }


def test_a_level_alone_says_nothing():
    assert _proposal([column("sex", ["M", "M", "M"])]).names == ()


def test_nothing_is_asked_where_there_is_nothing():
    asker = Asker({}, terminal=False)
    assert propose([_LABEL], ["label"], asker).names == ()
    assert asker.open == ()


@pytest.mark.parametrize(
    ("title", "usual"),
    [("Age", True), ("patient_age", True), ("性别", True), ("BMI", True)]
    + [("stage", False), ("image", False), ("PSA", False), ("message", False)],
)
def test_what_is_known_of_a_person(title, usual):
    assert is_usual(title) == usual


@pytest.mark.parametrize(
    ("cells", "numeric"),
    [(["0", "1"], True), (["0", "1e400"], False), (["I", "II"], False)],
)
def test_numbers_are_what_ingest_reads_as_such(cells, numeric):
    assert is_numeric(column("label", cells)) == numeric
