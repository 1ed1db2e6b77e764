"""Broken files: what the scan makes of them, and what reading says."""

import re
import shutil

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread

from pipelines.errors import DataError, StudyError
from pipelines.readers.dicom import classify_file, pydicom_reader, read_header
from pipelines.readers.dicom import scan as scan_dicom
from tests.pipelines.readers.dicom_files import (
    only_series,
    package_file,
    phantom,
    read,
    write_slice,
    write_stack,
)


@pytest.mark.parametrize("held", [0, 10, 83])
def test_file_cut_off_within_its_pixels(held, tmp_path):
    write_stack(tmp_path, phantom())
    path = tmp_path / "im002"
    path.write_bytes(path.read_bytes()[: held - 84])
    series = only_series(tmp_path)
    with pytest.raises(StudyError, match=f"{held} of 84 bytes") as raised:
        scan_dicom.read_image(series)
    assert raised.value.code == "truncated"


@pytest.mark.parametrize("pixels", ["alone", "with the whole file before them"])
def test_pixels_that_stand_twice(pixels, tmp_path):
    write_stack(tmp_path, phantom())
    path = tmp_path / "im002"
    content = path.read_bytes()
    again = content[-84 - 12 :] if pixels == "alone" else content
    path.write_bytes(content + again)
    with pytest.raises(StudyError, match="elements behind its pixels") as raised:
        scan_dicom.read_image(only_series(tmp_path))
    assert raised.value.code == "unreadable"


PADDING = b"\xfc\xff\xfc\xffOB\0\0\x02\0\0\0\0\0"  # (FFFC,FFFC), two bytes


@pytest.mark.parametrize("behind", [bytes(512), PADDING], ids=["zeros", "padding"])
def test_what_fills_a_file_up_is_let_pass(behind, tmp_path):
    write_stack(tmp_path, phantom())
    expected = sitk.GetArrayFromImage(read(tmp_path))
    path = tmp_path / "im002"
    path.write_bytes(path.read_bytes() + behind)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read(tmp_path)), expected)


def test_file_cut_off_between_scan_and_read(tmp_path):
    write_stack(tmp_path, phantom())
    series = only_series(tmp_path)
    path = tmp_path / "im002"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StudyError, match="cut off within its pixels"):
        scan_dicom.read_image(series)


def test_file_gone_between_scan_and_read(tmp_path):
    write_stack(tmp_path, phantom())
    series = only_series(tmp_path)
    (tmp_path / "im002").unlink()
    with pytest.raises(StudyError, match="gone or can't be read"):
        scan_dicom.read_image(series)


def test_file_cut_off_within_its_header(tmp_path):
    write_stack(tmp_path, phantom())
    path = tmp_path / "im002"
    path.write_bytes(path.read_bytes()[: -84 - 12])
    scan = scan_dicom.scan(tmp_path)
    (fault,) = scan.faults
    assert len(scan.series[0].frames) == 4
    assert (fault.patient_id, fault.study_uid) == ("P1", scan.series[0].study_uid)
    assert fault.error.code == "truncated"
    assert fault.error.problem == "series 4: a file ends before its pixels"
    assert str(path) in fault.error.private


def test_file_cut_off_before_its_study(tmp_path):
    path = write_slice(tmp_path / "im", phantom()[0])
    content = path.read_bytes()
    for length in (140, 200, 400):
        path.write_bytes(content[:length])
        assert scan_dicom.scan(tmp_path).ignored == {"unreadable": 1}


def test_header_with_a_bad_number(tmp_path):
    path = write_slice(tmp_path / "im", phantom()[0], RescaleSlope="3.0")
    path.write_bytes(path.read_bytes().replace(b"DS\x04\x003.0 ", b"DS\x04\x00x.y "))
    (fault,) = scan_dicom.scan(tmp_path).faults
    assert (fault.error.code, fault.study_uid[-1]) == ("bad_header", "1")


@pytest.mark.parametrize(
    ("keyword", "fact"),
    [
        ("EchoTime", "echo_time_ms"),
        ("RepetitionTime", "repetition_time_ms"),
        ("MagneticFieldStrength", "field_strength_t"),
    ],
)
def test_a_number_with_a_comma_is_not_known(keyword, fact, tmp_path):
    for path in write_stack(tmp_path, phantom(), **{keyword: "62.5"}):
        content = path.read_bytes()
        path.write_bytes(content.replace(b"DS\x04\x0062.5", b"DS\x04\x0062,5"))
    series = only_series(tmp_path)
    assert getattr(series, fact) is None and len(series.frames) == 5
    assert scan_dicom.read_image(series).GetSize() == (7, 6, 5)


def test_image_without_matrix(tmp_path):
    path = write_slice(tmp_path / "im", phantom()[0])
    dataset = dcmread(path)
    dataset.Rows = 0
    dataset.save_as(path)
    (fault,) = scan_dicom.scan(tmp_path).faults
    assert "Rows and Columns" in fault.error.private


def test_compressed_file_cut_off(tmp_path):
    path = tmp_path / "im"
    shutil.copy(package_file("MR_small_jp2klossless.dcm"), path)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(StudyError, match="cut off within its pixels"):
        read(tmp_path)


def test_compressed_file_damaged(tmp_path):
    path = tmp_path / "im"
    shutil.copy(package_file("MR_small_RLE.dcm"), path)
    content = bytearray(path.read_bytes())
    header = only_series(tmp_path).frames[0].pixels.offset + 20  # of the RLE segments
    content[header : header + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(StudyError, match="can't be decoded") as raised:
        read(tmp_path)
    assert raised.value.code == "undecodable_pixels"


def test_compression_that_nothing_decodes(tmp_path):
    shutil.copy(package_file("MR_small_RLE.dcm"), tmp_path / "im")
    dataset = dcmread(tmp_path / "im")
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.102"  # MPEG-4
    dataset.save_as(tmp_path / "im")
    with pytest.raises(StudyError, match="transfer syntax 1.2.840.10008.1.2.4.102"):
        read(tmp_path)


def test_a_syntax_that_there_is_not_is_no_uncompressed_one(tmp_path):
    write_stack(tmp_path, phantom())
    path = tmp_path / "im002"
    content = path.read_bytes()
    assert content.count(b"1.2.840.10008.1.2.1\0") == 1
    path.write_bytes(content.replace(b"10008.1.2.1\0", b"10008.1.2.7\0"))
    with pytest.raises(StudyError, match="syntax 1.2.840.10008.1.2.7") as raised:
        read(tmp_path)
    assert raised.value.code == "unsupported_syntax"


def test_no_samples_are_not_one_sample(tmp_path):
    write_slice(tmp_path / "im", phantom()[0], SamplesPerPixel=0)
    with pytest.raises(StudyError, match="Received: 0 samples per pixel"):
        read(tmp_path)


def test_file_meta_of_no_known_type_is_one_unreadable_file(tmp_path):
    write_stack(tmp_path, phantom())
    path = tmp_path / "im002"
    content = path.read_bytes()
    kind = content.index(b"\x02\x00\x02\x00UI")
    path.write_bytes(content[: kind + 4] + b"Uo" + content[kind + 6 :])
    scan = scan_dicom.scan(tmp_path)
    assert scan.ignored == {"unreadable": 1} and len(scan.series[0].frames) == 4


def test_a_photometric_interpretation_that_only_begins_rightly(tmp_path):
    write_slice(tmp_path / "im", phantom()[0], PhotometricInterpretation="MONOCHROME1X")
    with pytest.raises(StudyError, match="a colour image") as raised:
        read(tmp_path)
    assert raised.value.code == "colour"


@pytest.mark.parametrize("keyword", ["RescaleSlope", "RescaleIntercept"])
def test_two_numbers_where_the_values_want_one(tmp_path, keyword):
    write_slice(tmp_path / "im", phantom()[0], **{keyword: ["2", "3"]})
    (fault,) = scan_dicom.scan(tmp_path).faults
    assert fault.error.code == "bad_header"
    assert f"{keyword} is one number. Received: (2.0, 3.0)" in fault.error.private


@pytest.mark.parametrize("sign", [219, None])
def test_a_sign_that_is_neither_there_nor_not(tmp_path, sign):
    write_slice(tmp_path / "im", phantom()[0])
    dataset = dcmread(tmp_path / "im")
    dataset.PixelRepresentation = sign
    if sign is None:
        del dataset.PixelRepresentation
    dataset.save_as(tmp_path / "im")
    (fault,) = scan_dicom.scan(tmp_path).faults
    assert fault.error.code == "bad_header"
    match = f"PixelRepresentation is 0 or 1: .* Received: {sign or 'none'}"
    assert re.search(match, fault.error.private)


def test_truncated_file_of_pydicom(tmp_path):
    shutil.copy(package_file("MR_truncated.dcm"), tmp_path)
    with pytest.raises(StudyError, match="of 8192 bytes of pixels"):
        read(tmp_path)


@pytest.mark.parametrize(
    "tags",
    [
        {"ImageOrientationPatient": [1.0, 0.0, 0.0]},
        {"ImagePositionPatient": [1.0, 2.0]},
        {"PixelSpacing": [1.0]},
    ],
)
def test_geometry_of_too_few_numbers(tags, tmp_path):
    write_stack(tmp_path, phantom())
    write_slice(tmp_path / "bad", phantom()[0], SeriesInstanceUID="1.2.3", **tags)
    scan = scan_dicom.scan(tmp_path)
    (fault,) = scan.faults
    assert fault.error.code == "bad_header" and len(scan.series[0].frames) == 5


def test_b_value_that_is_no_number(tmp_path):
    write_stack(tmp_path, phantom(), DiffusionBValue=float("nan"))
    assert {one.error.code for one in scan_dicom.scan(tmp_path).faults} == {
        "bad_header"
    }


def test_a_directory_that_cannot_be_read_is_counted(tmp_path, monkeypatch):
    write_stack(tmp_path, phantom())
    (tmp_path / "closed").mkdir()
    scandir = scan_dicom.os.scandir

    def closed(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(scan_dicom.os, "scandir", closed)
    scan = scan_dicom.scan(tmp_path)
    assert scan.ignored == {"in a directory that can't be read": 1}
    assert len(scan.series) == 1


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (read_header, "walk"),
        (classify_file, "pixel_format"),
        (classify_file, "series_facts"),
    ],
)
def test_a_lack_of_memory_is_no_damage(module, name, tmp_path, monkeypatch):
    def lacking(*_, **__):
        raise MemoryError

    write_stack(tmp_path, phantom())
    monkeypatch.setattr(module, name, lacking)
    with pytest.raises(DataError, match="memory ran out .* --workers"):
        scan_dicom.scan(tmp_path)


def test_a_lack_of_memory_in_pydicom_is_no_damage(tmp_path, monkeypatch):
    def lacking(*_, **__):
        raise MemoryError

    write_slice(tmp_path / "im", phantom()[0], PatientID="Müller")
    monkeypatch.setattr(pydicom_reader.pydicom, "dcmread", lacking)
    with pytest.raises(DataError, match="memory ran out .* --workers"):
        scan_dicom.scan(tmp_path)
