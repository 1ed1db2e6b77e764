"""Task files: those that ship, and what is refused."""

import dataclasses

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files
from pipelines.storage.config_files import build, plain
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.steps import Steps
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Inclusion, Split, Task, load, shipped

TASK = Task(
    name="test",
    sequences=(Sequence(name="T1"), Sequence(name="T2", required=False)),
    target=Target(classes=("a", "b")),
    grid=Grid(shape=(4, 5, 6), reference="T2"),
)
SERIES = dataclasses.replace(
    TASK,
    unit="series",
    sequences=(Sequence(name="T1"), Sequence(name="T2")),
    grid=Grid(shape=(4, 5, 6)),
)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_task_is_whole(name):
    task = load(name)
    assert task.name == name
    assert task.description
    assert build(Task, plain(task), name="x") == task
    if task.unit == "series":
        assert all(sequence.rules for sequence in task.sequences)


def test_what_ships():
    assert shipped() == [
        "acdc",
        "adrenalmnist3d",
        "cardiac_acdc",
        "cardiac_acdc_coarse",
        "glioma_transfer",
        "glioma_voting",
        "liver_fibrosis",
        "nash",
        "nash_folds",
        "nash_mixmatch",
        "nash_multilabel",
        "nash_multitask",
        "nash_regression",
        "phantom",
        "prostate_sequences",
        "prostate_series",
        "vesselmnist3d",
    ]


def test_a_task_is_a_file_or_a_shipped_name(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"', encoding="utf-8")
    with pytest.raises(DataError, match="mine.toml.sequences: this key is missing"):
        load(str(path))
    with pytest.raises(UsageError, match="no task named 'acdk'. Name a .toml.* acdc"):
        load("acdk")


def test_an_unknown_key_lists_the_keys():
    fields = plain(TASK) | {"grid": plain(TASK.grid) | {"oriention": "axial"}}
    with pytest.raises(DataError, match="did you mean 'orientation'.*reference, fit"):
        build(Task, fields, name="x.toml")


def test_channels_and_shape():
    assert TASK.channels == ("T1", "T2")
    assert TASK.record_shape == (4, 5, 6, 2)
    assert SERIES.channels == ("series",)
    assert SERIES.record_shape == (4, 5, 6, 1)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"name": "other", "description": "x"}, True),
        ({"split": Split(seed=4)}, True),
        ({"covariates": ("age",)}, False),
        (
            {"covariates": ("sex",), "covariate_levels": {"sex": ("F", "M")}},
            False,
        ),
        ({"steps": Steps(n4=True)}, False),
        ({"steps": Steps(gzip=True)}, True),
        ({"steps": Steps(roi_share=0.8)}, False),
        ({"steps": Steps(roi_slices=4)}, False),
        ({"grid": Grid(shape=(4, 5, 7), reference="T2")}, False),
        ({"target": Target(classes=("b", "a"))}, False),
    ],
)
def test_the_spec_follows_what_the_bytes_mean(changes, same):
    assert (dataclasses.replace(TASK, **changes).spec == TASK.spec) is same


NAMES = Target(source="sequence", classes=("T2", "T1"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sequences": ()}, r"sequences want different names. Received: \[\]"),
        (
            {"sequences": (Sequence(name="T2"), Sequence(name="T2"))},
            "sequences want different names",
        ),
        (
            {"grid": Grid(shape=(1, 1, 1), reference="T3")},
            r"grid.reference is none of the sequences \['T1', 'T2'\]. Received: 'T3'",
        ),
        ({"covariates": ("age", "label")}, "would hand the answer to the network"),
        ({"covariates": ("age", "age")}, "covariates want different names"),
        (
            {"covariates": ("age",), "covariate_levels": {"sex": ("F", "M")}},
            "covariate_levels are of some of the covariates ",
        ),
        (
            {"covariates": ("sex",), "covariate_levels": {"sex": ("F", "F")}},
            "levels of sex want two or more different names",
        ),
        (
            {"covariates": ("sex",), "covariate_levels": {"sex": ("F", "")}},
            "an empty cell is missing",
        ),
        ({"target": NAMES}, "wants unit = 'series'. Received: unit='study'"),
        (
            {"steps": Steps(roi_slices=3)},
            "roi_slices are the grid's slices, .* Received: 3, 4",
        ),
    ],
)
def test_tasks_that_make_no_sense(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(TASK, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"target": Target(source="sequence", classes=("T1", "T3"))},
            r"the sequences \['T1', 'T2'\] as classes, in any order. Received: kind=",
        ),
        (
            {"target": Target(kind="ordinal", source="sequence", classes=("T1", "T2"))},
            "wants kind = 'classification'",
        ),
        (
            {"grid": Grid(shape=(1, 1, 1), reference="T1")},
            "a series is one channel: .*Received: reference='T1'",
        ),
        ({"steps": Steps(registration="rigid")}, "nothing to register to"),
        (
            {"sequences": TASK.sequences},
            r"required = false is for .*Received: \['T2'\]",
        ),
        (
            {"missing_label": "keep", "target": NAMES},
            "'keep' wants a target that labels.csv has.*target.source = 'sequence'",
        ),
    ],
)
def test_series_tasks_that_make_no_sense(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(SERIES, **changes)


def test_series_named_by_rules_may_have_the_target_column_as_covariate():
    task = dataclasses.replace(SERIES, target=NAMES, covariates=("label",))
    assert task.covariates == ("label",)


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (Grid, {"shape": (0, 1, 1)}, "shape must be positive"),
        (Steps, {"roi_share": 1.5}, "roi_share is within 0..1"),
        (Steps, {"roi_slices": -1}, "roi_slices 0 or more. Received: 0.0, -1"),
        (Steps, {"roi_share": 0.8, "background_crop": True}, "there is one crop"),
        (
            Grid,
            {"shape": (1, 1, 1), "fit": "crop_or_pad"},
            "fit = 'crop_or_pad' wants spacing_mm",
        ),
        (
            Grid,
            {"shape": (1, 1, 1), "spacing_mm": (1, 1, 1)},
            "fit = 'resize' takes its spacing from the study",
        ),
        (
            Grid,
            {"shape": (1, 1, 1), "fit": "crop_or_pad", "spacing_mm": (0, 1, 1)},
            "spacing must be positive",
        ),
        (Inclusion, {"minimum_slices": 0}, "minimum_matrix start at 1. Received: 0"),
        (Inclusion, {"minimum_matrix": (1, 0)}, "minimum_matrix start at 1"),
        (Split, {"train": 0.5}, "shares that add up to 1"),
        (
            Split,
            {"train": 0.0, "validation": 0.5, "test": 0.5},
            "shares that add up to 1",
        ),
        (Split, {"kind": "folds", "folds": 2}, "folds wants at least 3 folds"),
        (Split, {"kind": "folds", "holdout": 1.0}, "folds wants at least 3 folds"),
        (
            Split,
            {"kind": "validation_folds", "folds": 1},
            "validation_folds wants at least 2 folds and no holdout",
        ),
        (
            Split,
            {"kind": "validation_folds", "holdout": 0.1},
            "no holdout. Received: folds=5, holdout=0.1",
        ),
        (
            Split,
            {"kind": "site", "validation": 0.0},
            "a split by site wants 0 < validation < 1",
        ),
    ],
)
def test_parts_that_make_no_sense(kind, fields, message):
    with pytest.raises(ValueError, match=message):
        kind(**fields)


def test_a_task_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="the task file .*mine.toml does not exist"):
        load(str(tmp_path / "mine.toml"))


def test_single_slices_are_no_unit(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('unit = "slice"\n', encoding="utf-8")
    with pytest.raises(DataError, match="expected one of 'study', 'series'"):
        load(str(path))


def test_everybody_trains_where_train_is_one():
    plan = Split(train=1.0)
    assert (plan.validation, plan.test, plan.everybody_trains) == (0.0, 0.0, True)
    assert (Split().validation, Split().test) == (0.15, 0.15)
    assert Split(kind="site", train=1.0).validation == 0.15
    with pytest.raises(ValueError, match="train = 1, validation = 0.2, test = 0$"):
        Split(train=1.0, validation=0.2)


def test_classes_are_held_out_by_a_recipe_and_by_no_task_file(tmp_path):
    path = tmp_path / "mine.toml"
    text = config_files.to_toml(load("prostate_sequences"))
    started = '[target]\nrecord_classes = ["a", "b"]\n'
    path.write_text(text.replace("[target]\n", started), encoding="utf-8")
    with pytest.raises(DataError, match="classes are some of record_classes"):
        load(str(path))
    classes = '["T2WI_nan", "T2WI_fs", "DWI_High", "DWI_Low", "ADC_map"]'
    started = f"[target]\nrecord_classes = {classes}\n"
    path.write_text(text.replace("[target]\n", started), encoding="utf-8")
    with pytest.raises(DataError, match="record_classes is no key of a task file"):
        load(str(path))


@pytest.mark.parametrize(
    ("changes", "steps", "message"),
    [
        ({"centre_of": ("T1",)}, {}, "two different sequences for centre = 'motion'"),
        ({"centre_of": ("T1", "T1")}, {}, "two different sequences"),
        ({"centre": "middle"}, {}, "none for 'middle'"),
        ({"fit": "resize", "spacing_mm": None}, {}, "goes with fit = 'crop_or_pad'"),
        ({"centre_of": ("T1", "T9")}, {}, "required sequences of a study"),
        (
            {"centre": "centroid", "centre_of": ("T2",)},
            {},
            "of the reference sequence 'T1'",
        ),
        ({}, {"background_crop": True}, "there is one centre"),
        ({}, {"roi_share": 0.5}, "there is one centre"),
    ],
)
def test_a_centre_that_cannot_be_found_is_refused(changes, steps, message):
    grid = {
        "shape": (4, 5, 6),
        "fit": "crop_or_pad",
        "spacing_mm": (3.0, 1.0, 1.0),
        "centre": "motion",
        "centre_of": ("T1", "T2"),
    }
    with pytest.raises(ValueError, match=message):
        Task(
            name="test",
            sequences=(Sequence(name="T1"), Sequence(name="T2")),
            target=Target(classes=("a", "b")),
            grid=Grid(**grid | changes),
            steps=Steps(**steps),
        )
