"""Values of header elements."""

from pydicom.dataset import Dataset

from pipelines.readers.dicom.elements import integer, item, number, numbers, text, words
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
