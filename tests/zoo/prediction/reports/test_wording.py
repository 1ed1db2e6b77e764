import dataclasses

import pytest

from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from tests.pipelines.records import small
from zoo.prediction.reports import wording
from zoo.targets.target_output import outputs_of_task

FAT = Target(kind="regression", columns=("fat",), name="fat")
SIGNS = Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))


def test_a_target_is_named_with_its_task():
    task = dataclasses.replace(small.task(), further_targets=(FAT,))
    titles = [wording.title_of(each, task) for each in outputs_of_task(task)]
    assert titles == ["small / label", "small / fat"]
    task = dataclasses.replace(small.task(), target=SIGNS)
    (main,) = outputs_of_task(task)
    assert wording.title_of(main, task) == "small"


def test_the_sequence_is_no_column_of_a_table():
    names = Target(source="sequence", classes=("T1", "T2"))
    task = dataclasses.replace(
        small.task(),
        unit="series",
        sequences=(Sequence(name="T1"), Sequence(name="T2")),
        target=names,
    )
    (main,) = outputs_of_task(task)
    assert wording.title_of(main, task) == "small / sequence"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fibrose", "Fibrose"),
        ("肝纤维化", "肝纤维化"),
        ("a\\b", "a/b"),
        (" two\n lines\t", "two lines"),
        ("x" * 64, "x" * 64),
        ("x" * 65, "x" * 63 + "…"),
    ],
)
def test_a_text_fits_into_a_long_string(text, shown):
    assert wording.long_string(text) == shown
    assert wording.is_whole(text) == (text == shown)
