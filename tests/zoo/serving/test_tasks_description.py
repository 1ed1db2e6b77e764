import dataclasses
import json

import pytest

from pipelines.errors import DataError
from tests.zoo.ensembling.several_tasks import T1, T2
from zoo.serving.description import Description
from zoo.serving.tasks_description import (
    DescribedTask,
    TasksDescription,
    input_names,
)

FIRST = DescribedTask(
    input="examples_brain_T1",
    description=Description(task=T1, channels=("T1",)),
    members=("a", "c"),
)
SECOND = DescribedTask(
    input="examples_brain_T2",
    description=Description(task=T2, covariates=("age",), channels=("T2",)),
    members=("b",),
)
BOTH = TasksDescription(members=("a", "b", "c"), tasks=(FIRST, SECOND))


def test_it_comes_back_from_its_text():
    assert TasksDescription.from_json(BOTH.to_json()) == BOTH
    assert TasksDescription.from_json(BOTH.to_json().encode()) == BOTH


def test_the_text_says_what_goes_into_each_input():
    content = json.loads(BOTH.to_json())
    assert {*content} == {"format", "members", "tasks"}
    assert [*content["tasks"]] == ["examples_brain_T1", "examples_brain_T2"]
    assert content["tasks"]["examples_brain_T2"] == {
        "spec": T2.spec,
        "members": ["b"],
        "description": json.loads(SECOND.description.to_json()),
    }


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "{}", '"text"', b"\xff", '{"format": 1, "members": [], "tasks": [1]}'],
)
def test_a_text_that_describes_nothing(text):
    with pytest.raises(DataError, match="does not describe its tasks: a JSON object"):
        TasksDescription.from_json(text)


def test_a_newer_format():
    text = BOTH.to_json().replace('{"format": 1, "members"', '{"format": 2, "members"')
    with pytest.raises(DataError, match="tasks in format 2, and this version reads 1"):
        TasksDescription.from_json(text)


def test_a_task_whose_records_are_others():
    text = BOTH.to_json().replace(T2.spec, "0123456789abcdef")
    message = "spec 0123456789abcdef as examples_brain_T2, .* of spec " + T2.spec
    with pytest.raises(DataError, match=message):
        TasksDescription.from_json(text)


@pytest.mark.parametrize("members", [("a", "b"), ("a", "a", "b", "c"), ("a", "b", "d")])
def test_each_member_is_of_one_task(members):
    with pytest.raises(ValueError, match="each member is of one task. Received: a, "):
        dataclasses.replace(BOTH, members=members)


@pytest.mark.parametrize(
    ("tasks", "names"),
    [
        (["t1", "t2"], ["t1", "t2"]),
        (["brain-t1", "brain t1", "brain_t1_2"], ["brain_t1", "brain_t1_2"]),
        (["T1", "t1"], ["T1", "t1_2"]),
        (["뇌", "간"], ["task", "task_2"]),
        (["Grösse ü", "a/b.c"], ["Grosse_u", "a_b_c"]),
        (["", "--"], ["task", "task_2"]),
    ],
)
def test_names_of_inputs_are_safe_and_unique(tasks, names):
    found = input_names(tasks)
    assert list(found[: len(names)]) == [f"examples_{name}" for name in names]
    assert len({name.lower() for name in found}) == len(tasks)
    assert all(name.isascii() and name.isidentifier() for name in found)
    assert input_names(tasks) == found
