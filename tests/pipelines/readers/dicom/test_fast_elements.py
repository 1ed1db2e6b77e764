"""The fast way to header values gives what pydicom gives."""

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from pipelines.readers.dicom import fast_elements
from pipelines.readers.dicom.elements import numbers, words
from pipelines.readers.dicom.fast_elements import PlainElements
from tests.pipelines.readers.dicom_files import header, save


@pytest.mark.parametrize(
    "name",
    [
        "MR_small.dcm",
        "MR_small_implicit.dcm",
        "MR_small_bigendian.dcm",
        "CT_small.dcm",
        "examples_overlay.dcm",
        "rtdose.dcm",
    ],
)
def test_same_as_pydicom(name):
    path = get_testdata_file(name, download=False)
    slow = dcmread(path)
    quick = PlainElements(dcmread(path))
    for keyword in fast_elements._TAGS:
        if keyword in slow and slow[keyword].VR in ("DS", "IS", "US"):
            assert numbers(quick, keyword) == numbers(slow, keyword)
        else:
            assert words(quick, keyword) == words(slow, keyword)


def test_character_sets_are_pydicoms_work(tmp_path):
    names = {
        "ISO_IR 192": "Müller",  # UTF-8
        "ISO 2022 IR 87": "東京",  # escapes that are ASCII bytes
    }
    for encoding, name in names.items():
        dataset = header(SpecificCharacterSet=["", encoding][-1:], PatientID=name)
        if encoding.startswith("ISO 2022"):
            dataset.SpecificCharacterSet = ["", encoding]
        path = save(dataset, tmp_path / "file")
        assert words(PlainElements(dcmread(path)), "PatientID") == (name,)


def test_absent_and_empty(tmp_path):
    dataset = header(EchoTime=None, TriggerTime="", PatientID="", StationName="X")
    quick = PlainElements(dcmread(save(dataset, tmp_path / "file")))
    assert quick.get("EchoTime", 7) == 7
    assert numbers(quick, "TriggerTime") == ()
    assert words(quick, "PatientID") == ()
    assert words(quick, "StationName") == ("X",)  # not in the table
    assert quick.get((0x0019, 0x100C)) is None
    assert quick.get((0x0008, 0x1010)).value == "X"
    assert "Modality" in quick
