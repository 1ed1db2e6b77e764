"""What counts as an image of a modality."""

import pytest

from pipelines.readers.dicom.headers import Series
from pipelines.readers.dicom.modality import image_kind, modality_of, unwanted

STORAGE = "1.2.840.10008.5.1.4.1.1."


def series(sop_class, modality):
    return Series(
        patient_id="P", study_uid="1", series_uid="2", sop_class=sop_class,
        modality=modality,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sop_class", "modality", "why"),
    [
        (STORAGE + "4", "MR", ""),
        (STORAGE + "4.1", "MR", ""),
        (STORAGE + "4.4", "MR", ""),
        ("", "MR", ""),
        ("1.3.46.670589.11.0.0.12.2", "MR", ""),  # Philips, private
        ("", "", ""),
        (STORAGE + "66.4", "MR", "segmentations"),
        (STORAGE + "66.4", "SEG", "segmentations"),
        (STORAGE + "7", "MR", "secondary captures"),
        (STORAGE + "7.2", "OT", "secondary captures"),
        (STORAGE + "30", "MR", "parametric maps"),
        (STORAGE + "481.2", "RTDOSE", "radiotherapy doses"),
        (STORAGE + "11.1", "PR", "objects of another kind than images of slices"),
        (STORAGE + "2", "CT", "images of modality CT"),
        (STORAGE + "2", "MR", "CT images that call themselves otherwise"),
        ("1.2.3", "DOE^JOHN", "images of modality other"),
    ],
)
def test_why_a_series_is_unwanted(sop_class, modality, why):
    assert unwanted(series(sop_class, modality), frozenset({"MR"})) == why


def test_ct_is_wanted_where_it_is_asked_for():
    both = frozenset({"MR", "CT"})
    assert unwanted(series(STORAGE + "2", "CT"), both) == ""
    assert unwanted(series(STORAGE + "128", "PT"), frozenset({"PT"})) == ""


def test_the_modality_is_stated_or_that_of_the_class():
    assert modality_of(STORAGE + "4.1", "") == "MR"
    assert modality_of(STORAGE + "4", " pt ") == "PT"
    assert modality_of("1.2.3", "") == ""


def test_classic_and_enhanced_are_one_kind():
    classic, enhanced = (series(STORAGE + kind, "MR") for kind in ("4", "4.1"))
    assert image_kind(classic) == image_kind(enhanced) == "MR"
    assert image_kind(series(STORAGE + "7", "MR")) == STORAGE + "7"
