"""A study file: what it says, and what it may not say."""

import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.studies import small_study
from zoo.studies import study


def load(tmp_path, old="", new="", text=small_study.TEXT):
    return study.load(str(small_study.write(tmp_path, text.replace(old, new))))


def test_a_study_is_a_value(tmp_path):
    loaded = load(tmp_path)
    assert [training.name for training in loaded.train] == ["one", "two", "more"]
    assert loaded.train[0].changes == {"optimisation": {"epochs": 2}}
    assert loaded.table[0].rows[0].paper == (0.96, "?")
    assert loaded.paper == {"patients": "100", "age": "?"}
    assert loaded.tasks == ("acdc",)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('of = "one"', 'of = "three"', "names what the study does not make: three"),
        ('of = ["one", "two"]\n\n', 'of = ["one", "x"]\n\n', "does not make: x"),
        ('name = "two"', 'name = "one"', "Received twice: one"),
        ('name = "two"', 'name = "Two words"', "small letters"),
        ('of = ["one", "two"]\n\n', 'of = ["one"]\n\n', "two members or more"),
        ('["accuracy", ', '["exactness", ', "a column is one of accuracy"),
        ("[0.96, ", "[", "a value .or '.'. for each of the 2 columns"),
        ('paper = [0.96, "?"]', 'paper = [0.96, "no"]', "'\\?'"),
        ('source = "Nobody, 2026"', "", "source"),
        ("[paper]", "[papers]", "papers"),
    ],
)
def test_what_does_not_fit_is_refused(old, new, match, tmp_path):
    with pytest.raises(DataError, match=match):
        load(tmp_path, old, new)


def test_a_comparison_wants_two(tmp_path):
    old = 'of = ["one", "two"]\nclaim'
    with pytest.raises(DataError, match="compare 'better' wants two models or more"):
        load(tmp_path, old, 'of = ["one"]\nclaim')


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ('of = "one"\nby = "age:60"', "by and group go together"),
        ('of = "one"\nby = "age:60"\ngroup = "old"', "makes the groups <60, ≥60"),
        ('of = "one"\nby = "age:x"\ngroup = "old"', "cuts of --by are numbers"),
        ('of = "both"\nby = "sex"\ngroup = "F"', "by groups, names .*: both"),
    ],
)
def test_groups_that_do_not_fit_are_refused(row, match, tmp_path):
    with pytest.raises(DataError, match=match):
        load(tmp_path, 'of = "one"\npaper = [0.96, "?"]', row)


def test_a_run_is_separated_by_a_column_in_one_way(tmp_path):
    rows = 'of = "one"\nby = "age:60"\ngroup = "<60"\n'
    rows += '[[table.rows]]\nlabel = "x"\nof = "one"\nby = "age:50"\ngroup = "<50"'
    with pytest.raises(DataError, match="one way. Received: age:60 and age:50"):
        load(tmp_path, 'of = "one"\npaper = [0.96, "?"]', rows)


def test_groups_have_no_means_over_folds(tmp_path):
    old = 'columns = ["accuracy", "validation auc"]\n\n[[table.rows]]\nlabel = "One"\n'
    old += 'of = "one"\npaper = [0.96, "?"]'
    new = (
        'columns = ["accuracy"]\naggregate = "fold_mean"\n[[table.rows]]\nlabel = "x"\n'
    )
    new += 'of = "one"\nby = "sex"\ngroup = "F"'
    with pytest.raises(DataError, match="of pooled folds. Leave by and group out"):
        load(tmp_path, old, new)


GAINS = (
    'of = ["one", "two"]\nclaim',
    'gains = [["one", "two"], ["more", "both"]]\nclaim',
)


def test_a_claim_may_be_of_gains(tmp_path):
    (claim,) = load(tmp_path, *GAINS).compare
    assert claim.gains == (("one", "two"), ("more", "both"))
    assert claim.models == claim.runs == ("one", "two", "more", "both")


@pytest.mark.parametrize(
    ("gains", "match"),
    [
        ('[["one", "two"]]', "wants two gains or more. Received: one to two"),
        ('[["one", "two"], ["one", "x"]]', "does not make: x"),
        ('[["one"], ["two"]]', "gains"),
        ('[["one", "two"], ["more", "both"]]\nof = ["one", "two"]', "not of both"),
    ],
)
def test_gains_that_do_not_fit_are_refused(gains, match, tmp_path):
    with pytest.raises(DataError, match=match):
        load(tmp_path, GAINS[0], f"gains = {gains}\nclaim")


def test_titles_are_as_many_as_columns(tmp_path):
    with pytest.raises(DataError, match="a title for each of its 2 columns"):
        load(tmp_path, '"validation auc"]', '"validation auc"]\ntitles = ["a"]')


def test_an_unknown_name_lists_the_shipped_ones():
    with pytest.raises(UsageError, match="no study named 'nosuch'.*liver_fibrosis"):
        study.load("nosuch")


def test_rows_of_demographics_are_as_long_as_its_columns(tmp_path):
    table = '[demographics]\ncolumns = ["ill"]\nrows = [["age"]]\n\n[paper]'
    with pytest.raises(DataError, match="demographics wants 2 cells. Received: age"):
        load(tmp_path, "[paper]", table)
