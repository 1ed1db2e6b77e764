import numpy as np
import pytest

from pipelines.characteristics.columns import Column, categorical
from pipelines.errors import UsageError
from zoo.evaluation.subgroups.grouping import grouping
from zoo.evaluation.subgroups.request import By

AGES = Column(name="age", values=np.array([39.9, 40, 59, 60, np.nan, 20]))


def test_bands_of_a_number():
    groups = grouping(By(name="age", cuts=(40, 60)), AGES)
    assert groups.names == ("<40", "40 to <60", "≥60", "unknown")
    assert groups.place.tolist() == [0, 1, 1, 2, 3, 0]
    assert groups.unknown


def test_levels_that_somebody_has():
    column = Column(name="grade", values=np.array([2, 0, 2.0]), levels=("a", "b", "c"))
    groups = grouping(By(name="grade"), column)
    assert groups.names == ("a", "c")
    assert groups.place.tolist() == [1, 0, 1]
    assert not groups.unknown


def test_few_numbers_need_no_cuts():
    column = Column(name="dose", values=np.array([0.5, 2, 0.5]))
    assert grouping(By(name="dose"), column).names == ("0.5", "2")


def test_the_word_unknown_as_a_level():
    groups = grouping(By(name="x"), categorical("x", ["unknown", "", "a"]))
    assert groups.names == ("a", "unknown", "not known")


def test_what_is_refused():
    with pytest.raises(UsageError, match="is no number"):
        grouping(By(name="sex", cuts=(1,)), categorical("sex", ["F", "M"]))
    many = Column(name="age", values=np.arange(9.0))
    with pytest.raises(UsageError, match="9 different numbers.*--by age:4"):
        grouping(By(name="age"), many)
