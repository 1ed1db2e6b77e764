import pytest

from pipelines.errors import DataError
from pipelines.task import Grid, Sequence, Target, Task
from zoo.evidence.description import describe


def task(unit="study", **target):
    return Task(
        name="demo",
        unit=unit,
        sequences=(Sequence(name="T1"),),
        target=Target(**target),
        grid=Grid(shape=(16, 16, 16)),
    )


def test_only_slices_leak():
    assert not describe(task(classes=("a", "b"))).leaking
    slices = describe(task("slice", classes=("a", "b")))
    assert slices.leaking
    assert "too good" in slices.warning


def test_a_number_is_no_class():
    with pytest.raises(DataError, match="only classification.*'regression'"):
        describe(task(kind="regression"))
