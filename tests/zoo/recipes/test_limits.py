import dataclasses
import math
from typing import get_args

import pytest

from pipelines.errors import UsageError
from zoo.recipes import limits
from zoo.recipes.edit import edit
from zoo.recipes.limits import Interval
from zoo.recipes.recipe import Recipe


def numeric_fields(section, prefix=""):
    """Names of the fields that hold a number, or several, and how many."""
    for field in dataclasses.fields(section):
        value, name = getattr(section, field.name), prefix + field.name
        if name == "augmentation.intensity":  # its operations check themselves
            continue
        if dataclasses.is_dataclass(value):
            yield from numeric_fields(value, f"{name}.")
        elif "int" in str(field.type) or "float" in str(field.type):
            items = get_args(field.type)
            several = "tuple" in str(field.type)
            length = 1 if not items or Ellipsis in items else len(items)
            yield name, max(length, len(value or ())) if several else 0


FIELDS = dict(numeric_fields(Recipe()))


def of_field(name, number):
    return [number] * FIELDS[name] if FIELDS[name] else number


def test_the_fields_are_those_of_every_section():
    sections = {name.rpartition(".")[0] for name in FIELDS}
    assert {"", "slices", "head", "evaluation", "transfer", "mixmatch"} <= sections
    assert {"augmentation.spatial", "optimisation.range_test"} <= sections


@pytest.mark.parametrize("number", [math.nan, -math.inf, math.inf])
@pytest.mark.parametrize("name", FIELDS)
def test_no_field_takes_what_is_no_finite_number(name, number):
    with pytest.raises(UsageError, match="Received: "):
        edit(Recipe(), name, of_field(name, number))


@pytest.mark.parametrize(
    ("interval", "text", "inside", "outside"),
    [
        (limits.PROPER_SHARE, "from 0 to below 1", [0, 0.99], [-0.1, 1, math.nan]),
        (limits.COUNT, "from 1 to 1000000", [1, 1_000_000], [0, 1_000_001]),
        (
            Interval(first=0, last=1, without_first=True, without_last=True),
            "above 0 and below 1",
            [0.5],
            [0, 1],
        ),
        (
            Interval(first=0, last=1, without_first=True),
            "above 0 and at most 1",
            [1e-9, 1],
            [0, 1.1],
        ),
    ],
)
def test_an_interval_says_what_lies_in_it(interval, text, inside, outside):
    assert str(interval) == text
    assert all(number in interval for number in inside)
    assert not any(number in interval for number in outside)
