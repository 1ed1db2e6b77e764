"""Series in words, the b-values of one description together."""

from pipelines.cohort.series_kinds import kinds_of
from pipelines.readers.dicom.headers import Series


def series(description, **fields):
    return Series(
        patient_id="P",
        study_uid="1",
        series_uid="1.1",
        description=description,
        **fields,
    )


def test_b_values_of_one_description_stand_together_in_order():
    some = [series("ep2d_diff", b_value=b, plane="axial") for b in (400.0, 50.0, 800.0)]
    assert kinds_of(some) == ("ep2d_diff b = 50, 400, 800",)


def test_others_are_told_by_description_and_plane():
    some = [series("t2", plane=plane) for plane in ("coronal", "axial", "axial")]
    kinds = ("(no description)", "t2 axial, coronal")
    assert kinds_of([*some, series(" ")]) == kinds
