"""Sex and age of header and label file."""

import math

import pytest

from pipelines.inspection.contradictions import (
    Person,
    contradictions,
    of_rows,
    text,
)
from pipelines.records.data_set import read_manifest
from tests.pipelines.records.small import data_set, task

LEVELS = {"Sex": ("female", "Male")}
TASK = task(covariates=("age", "Sex"), covariate_levels=LEVELS)


def person(sex="M", band="60-69", covariates=(65.0, 1.0)):
    return Person(name="p1", sex=sex, age_band=band, covariates=covariates)


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({}, []),
        ({"sex": "F"}, ["Sex"]),
        ({"covariates": (45.0, 1.0)}, ["age"]),
        ({"covariates": (59.5, 0.0)}, ["Sex"]),  # an age of another day
        ({"covariates": (71.0, 1.0)}, ["age"]),
        ({"sex": "", "band": "", "covariates": (5.0, 0.0)}, []),
        ({"sex": "O", "covariates": (math.nan, math.nan)}, []),
        ({"band": "90+", "covariates": (97.0, 1.0)}, []),
    ],
)
def test_what_header_and_table_differ_in(changes, columns):
    assert [c.column for c in contradictions([person(**changes)], TASK)] == columns


def test_a_sex_that_is_a_number_is_not_compared():
    assert contradictions([person(sex="F")], task(covariates=("age", "Sex"))) == []


def test_they_are_counted_and_listed():
    assert text([person(sex="F"), person()], TASK) == (
        "1 contradiction of header and label file in age and Sex:\n"
        "  p1: Sex is Male in the label file and F in the header"
    )
    assert text([person()], TASK) == "header and label file agree in age and Sex"
    assert "neither sex nor age is a covariate" in text([person()], task())


def test_records_go_by_their_pseudonyms(tmp_path):
    rows = read_manifest(data_set(tmp_path, TASK))
    people = of_rows(rows)
    assert [one.name for one in people] == [row.sample_id for row in rows]
    assert people[3].covariates == rows[3].covariates
