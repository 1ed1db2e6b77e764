"""The digest that holds data sets, runs and served models together never changes."""

import dataclasses
from dataclasses import field, make_dataclass

import pytest

from pipelines.tasks import spec
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.steps import Steps
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task, load, shipped

TASK = Task(
    name="test",
    sequences=(Sequence(name="T1"), Sequence(name="T2")),
    target=Target(classes=("a", "b")),
    grid=Grid(shape=(4, 5, 6)),
)
FAT = Target(kind="regression", columns=("kpa", "fat %"), name="fat")
GRADE = Target(kind="ordinal", columns=("grade",), classes=("1", "2"), name="grade")
LEVELS = {"sex": ("F", "M")}
IN_MM = Grid(
    shape=(4, 5, 6),
    fit="crop_or_pad",
    spacing_mm=(3.0, 0.5, 0.5),
    orientation="coronal",
    reference="T2",
)
TABLES = (Task, Grid, Steps, Target, Sequence)


def test_shipped_tasks_have_the_spec_that_they_had_in_format_1():
    assert {name: load(name).spec for name in shipped()} == {
        "acdc": "8a9b2c1ffc7c7281",
        "cardiac_acdc": "e5fdf7cae86d0022",
        "cardiac_acdc_coarse": "0dc6b596b8912d9b",
        "adrenalmnist3d": "6f9c901e60fa6588",
        "glioma_transfer": "5e26e788a4695f8a",
        "glioma_voting": "e44076f3bd668e38",
        "liver_fibrosis": "9a89624a309de491",
        "nash": "76ba35e18c8a43e2",
        "nash_folds": "76ba35e18c8a43e2",
        "nash_mixmatch": "76ba35e18c8a43e2",
        "nash_multilabel": "682c6a2ec9354017",
        "nash_multitask": "802ddd015f3f364b",
        "nash_regression": "93d0df80e6751d47",
        "phantom": "860c2ce3e349cfec",
        "prostate_sequences": "85ffb3e87e14fd02",
        "prostate_series": "9bc5f6889c803d13",
        "vesselmnist3d": "1b518b27cb5b01c1",
    }


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({}, "5cc3c66e73ae0bd8"),
        (
            {"covariates": ("age", "sex"), "covariate_levels": LEVELS},
            "6a6c0518f6427260",
        ),
        ({"further_targets": (FAT, GRADE)}, "955ffeeb7b7d7c99"),
        (
            {
                "target": Target(
                    kind="multilabel", columns=("x", "y"), classes=("x", "y")
                )
            },
            "18b9d7126f4baf70",
        ),
        ({"steps": Steps(roi_share=0.8)}, "74255748fca60ba4"),
        (
            {"steps": Steps(n4=True, registration="rigid", roi_slices=4)},
            "24bcbca870f87b3c",
        ),
        ({"steps": Steps(background_crop=True), "grid": IN_MM}, "8d435d8a6713830a"),
    ],
)
def test_so_has_what_other_tasks_use(changes, written):
    assert dataclasses.replace(TASK, **changes).spec == written


def test_it_does_not_follow_the_format_of_files(monkeypatch):
    from pipelines.records import data_set

    before = TASK.spec
    monkeypatch.setattr(data_set, "FORMAT", 4)
    assert TASK.spec == before


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key_has_been_decided_on(table):
    """A new key belongs into `LATER`, or into `NEVER` if it changes no voxel."""
    decided = [
        name
        for told in (spec.FIRST, spec.LATER, spec.NEVER)
        for name in told.get(table.__name__, ())
    ]
    assert sorted(decided) == sorted(key.name for key in dataclasses.fields(table))


def test_tables_without_a_key_are_not_told():
    names = {table.__name__ for table in TABLES}
    assert spec.FIRST.keys() | spec.LATER.keys() | spec.NEVER.keys() == names


def later(table, kind, default):
    """A table of a later version: with one key more, `denoise`."""
    more = [("denoise", kind, default)]
    return make_dataclass(
        table.__name__, more, bases=(table,), frozen=True, kw_only=True
    )


def grown(table, **values):
    """A task of a later version, in which one of the tables has a key more."""
    made = later(table, bool, False)
    if table is Task:
        return made(**vars(TASK), **values)
    name = table.__name__.lower()
    if table is Sequence:
        changed = {
            "sequences": tuple(made(**vars(s), **values) for s in TASK.sequences)
        }
    else:
        changed = {name: made(**vars(getattr(TASK, name)), **values)}
    return dataclasses.replace(TASK, **changed)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_a_later_key_enters_only_where_it_is_used(table):
    assert grown(table).spec == TASK.spec
    assert grown(table, denoise=False).spec == TASK.spec
    assert grown(table, denoise=True).spec != TASK.spec


def test_a_later_key_of_one_sequence_is_not_that_of_another():
    made = later(Sequence, bool, False)
    first, second = (
        dataclasses.replace(
            TASK, sequences=(made(name="T1", denoise=a), made(name="T2", denoise=not a))
        )
        for a in (True, False)
    )
    assert len({first.spec, second.spec, TASK.spec}) == 3


def test_so_it_is_with_later_keys_of_further_targets():
    made = later(Target, bool, False)
    task = dataclasses.replace(TASK, further_targets=(FAT,))
    same = dataclasses.replace(TASK, further_targets=(made(**vars(FAT)),))
    used = dataclasses.replace(TASK, further_targets=(made(**vars(FAT), denoise=True),))
    assert same.spec == task.spec != used.spec


def test_so_it_is_with_keys_that_come_later_still_to_a_later_table():
    noise = make_dataclass("Noise", [("sigma", float, 0.0)], frozen=True)
    more = make_dataclass("Noise", [("seed", int, 0)], bases=(noise,), frozen=True)

    def of(value):
        made = later(Task, object, field(default=noise()))
        return made(**vars(TASK), denoise=value).spec

    assert of(noise()) == TASK.spec
    assert of(noise(2.0)) == of(more(2.0)) != TASK.spec
    assert of(more(2.0, 1)) != of(more(2.0))


def test_classes_held_out_of_training_are_in_the_records_all_the_same():
    three = dataclasses.replace(TASK, target=Target(classes=("a", "b", "c")))
    target = Target(classes=("a", "c"), record_classes=("a", "b", "c"))
    assert dataclasses.replace(TASK, target=target).spec == three.spec != TASK.spec
