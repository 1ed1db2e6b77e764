"""Cells of covariates; those of targets are tested with the label file."""

import math

import pytest

from pipelines.cohort.label_values import covariate_numbers
from pipelines.errors import StudyError
from tests.pipelines.records import small

TASK = small.task(covariates=("sex", "age"), covariate_levels={"sex": ("F", "M")})


def test_a_level_is_its_index_and_an_empty_cell_is_missing():
    assert covariate_numbers({"sex": "M", "age": "4.5"}, "here", TASK) == (1.0, 4.5)
    sex, age = covariate_numbers({"sex": ""}, "here", TASK)
    assert math.isnan(sex) and math.isnan(age)


def test_an_unknown_level_says_which_there_are_and_keeps_the_cell_private():
    with pytest.raises(StudyError, match="line 3 has no level of .* sex") as caught:
        covariate_numbers({"sex": "male"}, "line 3", TASK)
    assert caught.value.code == "unknown_level"
    assert "Write one of F, M, leave it empty" in caught.value.cure
    assert "'male'" in caught.value.private
    assert "male" not in caught.value.problem + caught.value.cure


@pytest.mark.parametrize("cell", ["old", "inf", "nan"])
def test_no_number(cell):
    with pytest.raises(StudyError, match="here has no number in age"):
        covariate_numbers({"age": cell}, "here", TASK)
