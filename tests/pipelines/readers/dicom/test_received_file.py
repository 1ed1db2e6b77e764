import os

import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLosslessSV1,
)

from pipelines.readers.dicom import received_file
from pipelines.readers.dicom.received_file import ReceivedFile
from tests.pipelines.readers.dicom_files import header, phantom, save, set_pixels

ANNOUNCED = {
    "NumberOfStudyRelatedInstances": 40,
    "NumberOfSeriesRelatedInstances": 20,
    "ImagesInAcquisition": 10,
    "NumberOfTemporalPositions": 5,
    "TemporalPositionIdentifier": 3,
    "AcquisitionNumber": 2,
    "AccessionNumber": "A7",
}


def image(**said):
    made = header(**said)
    set_pixels(made, phantom()[0])
    return made


@pytest.mark.parametrize(
    "syntax",
    [ExplicitVRLittleEndian, ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian],
    ids=lambda syntax: syntax.name,
)
def test_whose_a_file_is_and_what_it_announces(tmp_path, syntax):
    written = image(**ANNOUNCED)
    path = save(written, tmp_path / "a", syntax=syntax)
    assert received_file.read(path) == ReceivedFile(
        patient_id="P1",
        study_uid=written.StudyInstanceUID,
        accession_number="A7",
        series_uid=written.SeriesInstanceUID,
        sop_uid=written.SOPInstanceUID,
        acquisition=2,
        time_point=3,
        study_objects=40,
        series_objects=20,
        acquisition_images=10,
        time_points=5,
    )


def test_numbers_that_are_none_are_not_announced(tmp_path):
    received = received_file.read(save(image(), tmp_path / "a"))
    assert (received.images, received.whole) == (1, True)
    assert received.series_objects is received.study_objects is None


def test_a_multi_frame_file_holds_its_frames(tmp_path):
    written = header(NumberOfFrames=5)
    set_pixels(written, phantom())
    assert received_file.read(save(written, tmp_path / "a")).images == 5


@pytest.mark.parametrize("left_bytes", [1, 40])
def test_a_file_that_ends_within_its_pixels_is_not_whole(tmp_path, left_bytes):
    path = save(image(), tmp_path / "a")
    os.truncate(path, path.stat().st_size - left_bytes)
    received = received_file.read(path)
    assert (received.images, received.whole) == (1, False)


def test_a_compressed_file_that_ends_within_a_fragment_is_not_whole(tmp_path):
    written = image()
    from pydicom.encaps import encapsulate

    written.PixelData = encapsulate([b"\xff" * 500])
    written["PixelData"].is_undefined_length = True
    path = save(written, tmp_path / "a", syntax=JPEGLosslessSV1)
    assert received_file.read(path).whole
    os.truncate(path, path.stat().st_size - 100)
    assert not received_file.read(path).whole


def test_an_object_without_pixels_belongs_to_its_study(tmp_path):
    written = header(Modality="DOC")
    path = save(written, tmp_path / "a", kind=EncapsulatedPDFStorage)
    received = received_file.read(path)
    assert (received.study_uid, received.images) == (written.StudyInstanceUID, 0)
    assert received.whole


def test_an_image_that_ends_before_its_pixels_is_not_whole(tmp_path):
    path = save(header(Rows=6, Columns=7), tmp_path / "a")
    received = received_file.read(path)
    assert (received.images, received.whole) == (1, False)


@pytest.mark.filterwarnings("ignore:.*:UserWarning:pydicom")
def test_what_belongs_to_no_study_says_why(tmp_path):
    (tmp_path / "text").write_text("x" * 500, encoding="utf-8")
    assert received_file.read(tmp_path / "text") == "not DICOM"
    path = save(image(StudyInstanceUID=None), tmp_path / "a")
    assert received_file.read(path) == "no study id"
    damaged = b"\x08\0\x05\0XX\x02\0ab" + b"\x09" * 33
    path.write_bytes(bytes(128) + b"DICM" + damaged)
    assert received_file.read(path) == "unreadable"
    with pytest.raises(FileNotFoundError):
        received_file.read(tmp_path / "none")


@pytest.mark.parametrize(
    ("head", "may_be"),
    [
        (b"sent file 1\n" * 20, False),
        (b"\0" * 500, True),  # room that was made for what is to come
        (b"\0" * 128 + b"DICM", True),
        (b"\0" * 100, True),
        (b"", True),
    ],
)
def test_the_first_bytes_tell_what_is_no_dicom(tmp_path, head, may_be):
    (tmp_path / "a").write_bytes(head)
    assert received_file.may_be_dicom(tmp_path / "a") == may_be
