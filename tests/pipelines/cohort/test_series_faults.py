"""Ids that are wrong at the source."""

import pytest

from pipelines.cohort.series_faults import check_patients, scattered, scattered_fault
from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Frame, Series


def series(uid, place=0.0, *, patient="P1", number=4, slices=1):
    frames = tuple(
        Frame(
            path="",
            rows=4,
            columns=4,
            orientation=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
            position_mm=(0.0, 0.0, 3.0 * (place + i)),
        )
        for i in range(slices)
    )
    return Series(
        patient_id=patient,
        study_uid="1",
        series_uid=uid,
        series_number=number,
        description="t2",
        frames=frames,
    )


def test_one_series_of_two_patients():
    with pytest.raises(StudyError, match="images of one series carry") as caught:
        check_patients([series("2"), series("2", patient="P2")])
    assert caught.value.code == "mixed_patients"
    assert "P1, P2" in caught.value.private and "P1" not in caught.value.problem


def test_one_study_of_two_patients():
    with pytest.raises(StudyError, match="the series of the study carry"):
        check_patients([series("2"), series("3", patient="P2")])
    check_patients([series("2"), series("3")])


def test_a_series_for_every_slice_is_told_once():
    stack = [series(f"2.{place}", place) for place in range(5)]
    others = [series("3", slices=4), series("4", number=9), series("5", number=9)]
    (group,) = scattered(stack + others)
    assert group == tuple(stack)
    fault = scattered_fault(group)
    assert fault.code == "series_per_slice"
    assert "series 4: 5 series of one slice each" in fault.problem


def test_single_slices_that_are_no_stack():
    uneven = [series(f"2.{place}", place) for place in (0, 1, 5)]
    doubled = [series(f"2.{place}", 0.0) for place in range(3)]
    assert scattered(uneven) == scattered(doubled) == []
