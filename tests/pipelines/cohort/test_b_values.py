import pytest

from pipelines.cohort.b_values import b_values, check_series
from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Series
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task


def build(first=None, second=None, derive="adc(low, high)"):
    return Task(
        name="test",
        sequences=(
            Sequence(name="T2"),
            Sequence(name="low", b_value=first),
            Sequence(name="high", b_value=second, required=False),
            Sequence(name="made", derive=derive),
        ),
        target=Target(classes=("a", "b")),
        grid=Grid(shape=(4, 5, 6)),
    )


def series(b_value, *image_type):
    return Series(
        patient_id="p",
        study_uid="1",
        series_uid="1.1",
        b_value=b_value,
        image_type=image_type,
    )


def refused(measured, task):
    with pytest.raises(StudyError) as caught:
        b_values(measured, task)
    return caught.value


def test_what_images_state_counts_and_else_what_the_task_says():
    measured = {"T2": None, "low": 50.0, "high": None}
    assert b_values(measured, build(second=800.0)) == {"low": 50.0, "high": 800.0}


def test_images_may_waver_as_within_a_shell():
    measured = {"low": 0.0, "high": 1005.0}
    assert b_values(measured, build(0.0, 1000.0)) == measured


def test_another_b_value_than_the_task_says_is_refused():
    error = refused({"low": 0.0, "high": 800.0}, build(second=1000.0))
    assert error.code == "other_b_value" and error.subject == "high"
    assert "high has b = 800 s/mm2, and the task file says 1000" in error.problem


def test_no_b_value_is_refused_where_something_is_fitted():
    measured = {"low": 0.0, "high": None}
    error = refused(measured, build())
    assert (error.code, error.subject) == ("no_b_value", "high")
    assert "b_value = 400" in error.cure
    assert b_values(measured, build(derive="low - high")) == {"low": 0.0}


@pytest.mark.parametrize("other", [800.0, 790.0])
def test_one_b_value_twice_is_refused(other):
    error = refused({"low": other, "high": 800.0}, build())
    assert (error.code, error.subject) == ("same_b_value", "high")
    assert f"b = {other:.10g} and 800 s/mm2" in error.problem


def test_nothing_is_fitted_without_a_source():
    assert b_values({"T2": None, "low": None}, build()) == {}


def test_a_map_has_none_whatever_the_task_says():
    chosen = {"low": series(50.0), "high": series(800.0, "DERIVED", "PRIMARY")}
    check_series(chosen, build(second=800.0))
    chosen["high"] = series(800.0, "DERIVED", "PRIMARY", "DIFFUSION", "ADC")
    with pytest.raises(StudyError, match="high is a map that a scanner computed"):
        check_series(chosen, build(second=800.0))
    check_series(chosen, build(derive="low - high"))
