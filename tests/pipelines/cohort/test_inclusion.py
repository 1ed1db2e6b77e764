"""Criteria on headers, and the flow of studies."""

import dataclasses
import json

import pytest

from pipelines.cohort import inclusion
from pipelines.cohort.inclusion import Acquired, Flow
from pipelines.errors import StudyError
from pipelines.storage.config_files import build, plain
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Inclusion, Task

TASK = Task(
    name="test",
    sequences=(
        Sequence(name="T1"),
        Sequence(name="T2"),
        Sequence(name="FLAIR", required=False),
    ),
    target=Target(classes=("a", "b")),
    grid=Grid(shape=(4, 4, 4)),
    inclusion=Inclusion(
        planes=("axial", "coronal"), minimum_slices=20, minimum_matrix=(100, 90)
    ),
)
GOOD = Acquired(plane="axial", slices=20, rows=100, columns=90)


def reason(measured, task):
    """Code of the first criterion that is not met; none = included."""
    try:
        inclusion.check(measured, task)
    except StudyError as error:
        return error.code


def changed(**fields) -> dict[str, Acquired]:
    return {"T1": GOOD, "T2": dataclasses.replace(GOOD, **fields)}


@pytest.mark.parametrize(
    ("measured", "code"),
    [
        ({"T1": GOOD, "T2": GOOD}, None),
        (changed(plane="coronal"), None),
        ({"T1": GOOD}, "missing_sequence"),
        (changed(plane="oblique"), "plane"),
        (changed(slices=19), "too_few_slices"),
        (changed(rows=99), "small_matrix"),
        (changed(columns=89), "small_matrix"),
        (changed(plane="sagittal", slices=1, rows=1), "plane"),
        (
            {
                "T1": GOOD,
                "T2": GOOD,
                "FLAIR": Acquired(plane="", slices=1, rows=1, columns=1),
            },
            None,
        ),
    ],
)
def test_the_first_criterion_that_fails(measured, code):
    assert reason(measured, TASK) == code


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        ({"T1": GOOD}, "sequence T2 is missing"),
        (changed(plane=""), "T2 has unknown slices.*takes axial or coronal"),
        (changed(slices=19), "T2 has 19 slices.*asks for 20 or more"),
        (changed(rows=99), "T2 has a matrix of 99 x 90.*asks for 100 x 90"),
    ],
)
def test_what_was_measured_is_said(measured, text):
    with pytest.raises(StudyError, match=text):
        inclusion.check(measured, TASK)


def test_a_series_is_held_to_the_criteria_under_any_name():
    rules = tuple(dataclasses.replace(one, required=True) for one in TASK.sequences)
    task = dataclasses.replace(TASK, unit="series", sequences=rules)
    assert reason({"series": GOOD}, task) is None
    few = dataclasses.replace(GOOD, slices=3)
    assert reason({"series": few}, task) == "too_few_slices"


FLOW = Flow.count(
    found=30,
    codes=["duplicate_study", "plane", "nan_voxels", "missing_sequence"]
    + ["missing_label", "plane", "missing_slice"],
)


def test_the_flow_counts_in_the_order_of_the_criteria():
    assert [(one.code, one.number) for one in FLOW.excluded] == [
        ("missing_sequence", 1),
        ("plane", 2),
        ("missing_label", 1),
        ("missing_slice", 1),
        ("nan_voxels", 1),
        ("duplicate_study", 1),
    ]
    assert (FLOW.found, FLOW.included) == (30, 23)


def test_the_flow_in_words():
    assert FLOW.text.splitlines() == [
        "  30 studies found",
        "  -1 a required sequence missing",
        "  -2 slices in another plane",
        "  -1 no label",
        "  -1 missing slice",
        "  -1 nan voxels",
        "  -1 a copy of another study",
        "  23 studies included",
    ]


def test_the_flow_says_how_many_have_no_label():
    flow = Flow.count(found=9, codes=["plane"], unlabelled=5)
    assert flow.text.splitlines()[-2:] == [
        "   8 studies included",
        "   5 of them without a label",
    ]
    with pytest.raises(ValueError, match="some of those included.*unlabelled=9"):
        Flow.count(found=9, codes=["plane"], unlabelled=9)


def test_the_flow_survives_json():
    stored = json.loads(json.dumps(plain(FLOW)))
    assert build(Flow, stored, name="dataset.json") == FLOW


def test_a_flow_adds_up():
    with pytest.raises(ValueError, match="found must be excluded . included.*found=3"):
        Flow(unit="study", found=3, excluded=(), included=2)
    with pytest.raises(ValueError, match="included=-1"):
        Flow.count(found=1, codes=["plane", "plane"])


def test_what_is_there_instead_is_said_apart_for_the_terminal():
    with pytest.raises(StudyError) as short:
        inclusion.check({"T1": GOOD, "T2": dataclasses.replace(GOOD, slices=7)}, TASK)
    assert (short.value.subject, short.value.instead) == ("T2", ("7",))
    with pytest.raises(StudyError) as lacking:
        inclusion.check({"T1": GOOD}, TASK, others=("LGE",))
    assert (lacking.value.subject, lacking.value.instead) == ("T2", ("LGE",))


def test_the_sequence_whose_frame_the_grid_takes_must_be_there():
    grid = dataclasses.replace(TASK.grid, reference="FLAIR")
    task = dataclasses.replace(TASK, grid=grid)
    assert reason({"T1": GOOD, "T2": GOOD}, task) == "missing_reference"
    assert reason({"T1": GOOD, "T2": GOOD, "FLAIR": GOOD}, task) is None
    optional = tuple(dataclasses.replace(s, required=False) for s in TASK.sequences)
    task = dataclasses.replace(TASK, sequences=optional)
    assert reason({}, task) == "missing_sequence"
