"""Values of header elements."""

import pytest
from pydicom.dataset import Dataset

from pipelines.readers.dicom.elements import (
    integer,
    item,
    number,
    numbers,
    optional_integer,
    optional_number,
    seconds,
    text,
    words,
)
from tests.pipelines.readers.dicom_files import nested


def test_values():
    dataset = Dataset()
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.SeriesDescription = " t2 tra "
    dataset.PixelSpacing = [1.5, 0.75]
    dataset.SeriesNumber = 4
    dataset.MREchoSequence = nested(EffectiveEchoTime=30.0)
    assert words(dataset, "ImageType") == ("ORIGINAL", "PRIMARY")
    assert text(dataset, "ImageType") == "ORIGINAL\\PRIMARY"
    assert text(dataset, "SeriesDescription") == "t2 tra"
    assert words(dataset, "SeriesNumber") == ("4",)
    assert numbers(dataset, "PixelSpacing") == (1.5, 0.75)
    assert number(dataset, "PixelSpacing") == 1.5
    assert integer(dataset, "SeriesNumber") == 4
    assert number(item(dataset, "MREchoSequence"), "EffectiveEchoTime") == 30


def test_absent_and_empty():
    dataset = Dataset()
    dataset.EchoTime = None
    dataset.PatientID = ""
    dataset.MREchoSequence = []
    for keyword in ("EchoTime", "PatientID", "SliceThickness"):
        assert words(dataset, keyword) == ()
        assert text(dataset, keyword) == ""
        assert number(dataset, keyword) is None
        assert integer(dataset, keyword) is None
    assert item(dataset, "MREchoSequence") is None
    assert item(dataset, "MRDiffusionSequence") is None


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ("083015.25", 8 * 3600 + 30 * 60 + 15.25),
        ("083015", 8 * 3600 + 30 * 60 + 15),
        ("08:30:15", 8 * 3600 + 30 * 60 + 15),
        ("", None),
        ("8h30", None),
    ],
)
def test_seconds_of_a_time(stated, wanted):
    assert seconds(stated) == wanted


def test_seconds_go_on_over_midnight():
    before, after = seconds("20241231235959.5"), seconds("20250101000000.25+0100")
    assert 0 < after - before < 86400 and seconds("20240102000000") > seconds(
        "20240101235959"
    )


@pytest.mark.parametrize(
    ("value", "number", "whole"),
    [("1,5", None, None), ("1.5", 1.5, 1), ("", None, None), ("nan", None, None)],
)
def test_an_optional_number_that_does_not_read_is_not_known(value, number, whole):
    assert optional_number({"EchoTime": value}, "EchoTime") == number
    assert optional_integer({"EchoTime": value}, "EchoTime") == whole
