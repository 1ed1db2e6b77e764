"""What a single file is to a scan."""

import pytest
from pydicom import dcmread
from pydicom.dataset import FileMetaDataset

from pipelines.readers.dicom.classify_file import Known, image_file, is_bare
from pipelines.readers.dicom.read_header import read_header
from tests.pipelines.readers.dicom_files import header, phantom, save, write_slice


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"\0" * 128 + b"DICM", False),
        (b"\x08\x00\x05\x00CS\x0a\x00ISO_IR", True),
        (b"\x02\x00\x10\x00UI\x14\x001.2.84", True),
        (b"\x08\x00\x05\x00", None),
        (b"\x08\x00\x05\x07CS\x0a\x00ISO_IR", None),
        (b"PK\x03\x04" + b"\0" * 128, None),
        (b"", None),
    ],
)
def test_is_bare(head, wanted):
    assert is_bare(head) is wanted


def found(path, *, value=(500, 84), cut=False, known=None):
    elements = dcmread(path)
    known = Known() if known is None else known
    return image_file(
        str(path), elements, syntax="1.2", value=value, cut=cut, known=known
    )


def test_image(tmp_path):
    facts, (frame,) = found(write_slice(tmp_path / "im", phantom()[0], EchoTime="62"))
    assert (facts.patient_id, facts.series_number) == ("P1", 4)
    assert (frame.rows, frame.columns, frame.echo_time_ms) == (6, 7, 62)
    assert (frame.pixels.offset, frame.pixels.bits_stored) == (500, 16)


def test_facts_are_shared_by_images_alike(tmp_path):
    known = Known()
    first, _ = found(write_slice(tmp_path / "1", phantom()[0]), known=known)
    alike, _ = found(write_slice(tmp_path / "2", phantom()[1]), known=known)
    other, _ = found(
        write_slice(tmp_path / "3", phantom()[1], EchoTime="90"), known=known
    )
    assert alike is first
    assert other is not first


def test_the_pixel_format_is_shared_by_files_alike(tmp_path):
    known = Known()
    _, (first,) = found(write_slice(tmp_path / "1", phantom()[0]), known=known)
    _, (alike,) = found(write_slice(tmp_path / "2", phantom()[1]), known=known)
    assert alike.pixels is first.pixels


def test_file_that_ends_before_its_pixels(tmp_path):
    path = write_slice(tmp_path / "im", phantom()[0], AccessionNumber="A7")
    fault = found(path, value=None, cut=True)
    assert (fault.error.code, fault.accession_number) == ("truncated", "A7")
    assert found(path, value=None, cut=False) == "no pixels"  # of another kind


def test_file_that_ends_before_its_study(tmp_path):
    path = write_slice(tmp_path / "im", phantom()[0], StudyInstanceUID=None)
    assert found(path, value=None, cut=True) == "unreadable"
    assert found(path) == "no study id"


def test_an_object_without_meta_information_is_known_by_its_class(tmp_path):
    plan = header(SOPClassUID="1.2.840.10008.5.1.4.1.1.481.5", Modality="RTPLAN")
    plan.file_meta = FileMetaDataset()
    plan.save_as(tmp_path / "plan", implicit_vr=True, little_endian=True)
    assert read_header(str(tmp_path / "plan"), Known()) == "no pixels"


def test_report_has_no_pixels(tmp_path):
    kind = "1.2.840.10008.5.1.4.1.1.88.11"  # Basic Text SR
    path = save(header(Modality="SR"), tmp_path / "report", kind=kind)
    assert found(path, value=None, cut=True) == "no pixels"
