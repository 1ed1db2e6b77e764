"""Scanning directories and reading images, synthetic and real."""

import locale
import shutil

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread
from pydicom.uid import (
    JPEGLosslessSV1,
    MediaStorageDirectoryStorage,
    MRSpectroscopyStorage,
    RLELossless,
)

from pipelines.errors import StudyError, UsageError
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.storage.executors import Processes
from tests.pipelines.readers.dicom_files import (
    COLUMN,
    NORMAL,
    ORIGIN,
    ROW,
    header,
    package_file,
    phantom,
    read,
    save,
    write_slice,
    write_stack,
)


def test_voxels_lie_where_the_headers_say(tmp_path):
    volume = phantom()
    write_stack(tmp_path, volume)
    image = read(tmp_path)
    assert image.GetSize() == (7, 6, 5)
    assert image.GetPixelID() == sitk.sitkInt16
    for k, j, i in [(0, 0, 0), (4, 0, 0), (0, 5, 0), (0, 0, 6), (3, 4, 2)]:
        point = ORIGIN + 3.0 * k * NORMAL + 1.5 * j * COLUMN + 0.75 * i * ROW
        assert image[image.TransformPhysicalPointToIndex(point)] == volume[k, j, i]


def test_itk_agrees(tmp_path):
    write_stack(tmp_path, phantom(), RescaleSlope=2.0, RescaleIntercept=-9.0)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path)))
    oracle, image = reader.Execute(), read(tmp_path)
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(oracle)
    )
    assert image.GetSpacing() == pytest.approx(oracle.GetSpacing(), abs=1e-5)
    assert image.GetOrigin() == pytest.approx(oracle.GetOrigin(), abs=1e-5)
    assert image.GetDirection() == pytest.approx(oracle.GetDirection(), abs=1e-5)


def test_signed_pixels(tmp_path):
    volume = phantom().astype(np.int16) - 100
    write_stack(tmp_path, volume)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read(tmp_path)), volume)


def test_monochrome1(tmp_path):
    volume = phantom().astype(np.uint8)
    write_stack(tmp_path, volume, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(read(tmp_path)), 255 - volume.astype(int)
    )


@pytest.mark.parametrize(
    "name",
    [
        "MR_small.dcm",
        "MR_small_padded.dcm",
        "MR_small_implicit.dcm",
        "MR_small_bigendian.dcm",
        "MR_small_RLE.dcm",
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
    ],
)
def test_every_transfer_syntax_gives_the_same(name, tmp_path):
    shutil.copy(package_file(name), tmp_path / "noextension")
    wanted = dcmread(package_file("MR_small.dcm")).pixel_array
    image = read(tmp_path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image)[0], wanted)


@pytest.mark.parametrize(
    "name", ["examples_overlay.dcm", "693_J2KI.dcm", "J2K_pixelrep_mismatch.dcm"]
)
def test_same_as_pydicom(name, tmp_path):
    path = shutil.copy(package_file(name), tmp_path)
    header = dcmread(path)
    wanted = header.pixel_array.astype(float) * header.get("RescaleSlope", 1)
    wanted = wanted + float(header.get("RescaleIntercept", 0))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read(tmp_path))[0], wanted)


def test_compressed_stack(tmp_path):
    volume = phantom(rows=8, columns=16)
    for path in write_stack(tmp_path, volume):
        dataset = dcmread(path)
        dataset.compress(RLELossless)
        dataset.save_as(path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read(tmp_path)), volume)


def test_jpeg_lossless(tmp_path):
    image = sitk.GetImageFromArray(phantom()[:1])
    for key, value in {
        "0020|000d": "1.2",
        "0020|000e": "1.2.3",
        "0020|0032": "0\\0\\0",
        "0020|0037": "1\\0\\0\\0\\1\\0",
        "0018|0050": "3",
        "0008|0060": "MR",
    }.items():
        image.SetMetaData(key, value)
    writer = sitk.ImageFileWriter()
    writer.KeepOriginalImageUIDOn()
    writer.UseCompressionOn()
    writer.SetCompressor("JPEG")
    writer.SetFileName(str(tmp_path / "im.dcm"))
    spoken = locale.setlocale(locale.LC_CTYPE)
    writer.Execute(image)
    locale.setlocale(locale.LC_CTYPE, spoken)  # GDCM leaves the process with "C"
    syntax = dcmread(tmp_path / "im.dcm").file_meta.TransferSyntaxUID
    assert syntax == JPEGLosslessSV1
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(read(tmp_path))[0], phantom()[0]
    )


def test_deflated_stack(tmp_path):
    volume = phantom()
    for path in write_stack(tmp_path, volume):
        dataset = dcmread(path)
        dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1.99"
        dataset.save_as(path)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read(tmp_path)), volume)


def test_file_without_preamble(tmp_path):
    path = write_slice(tmp_path / "im", phantom()[0])
    path.write_bytes(path.read_bytes()[132:])
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(read(tmp_path))[0], phantom()[0]
    )


def test_any_tree(tmp_path):
    write_stack(tmp_path / "a" / "b" / "c", phantom())
    write_stack(
        tmp_path / "a", phantom(), SeriesInstanceUID="1.2.5", SeriesNumber=2, name="x"
    )
    write_stack(tmp_path / "a", phantom(), StudyInstanceUID="1.9", name="y.")
    (tmp_path / "a" / "DICOMDIR").write_bytes(b"x")
    (tmp_path / "a" / "empty.dcm").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("T2 axial, ten slices " * 20, encoding="utf-8")
    (tmp_path / "short").write_text("DICM", encoding="utf-8")
    save(header(), tmp_path / "index", kind=MediaStorageDirectoryStorage)
    save(
        header(Modality="SR"), tmp_path / "report", kind="1.2.840.10008.5.1.4.1.1.88.11"
    )
    save(header(Rows=1, Columns=8), tmp_path / "mrs", kind=MRSpectroscopyStorage)
    write_slice(tmp_path / "nobody", phantom()[0], StudyInstanceUID=None)
    scan = scan_dicom.scan(tmp_path, progress=True)
    assert scan.ignored == {
        "DICOMDIR": 2,
        "empty": 1,
        "no pixels": 2,
        "no study id": 1,
        "not DICOM": 2,
    }
    assert not scan.faults
    assert [(s.study_uid[-3:], s.series_number) for s in scan.series] == [
        ("8.1", 2),
        ("8.1", 4),
        ("1.9", 4),
    ]
    assert [len(s.frames) for s in scan.series] == [5, 5, 5]


def test_nothing_there(tmp_path):
    with pytest.raises(UsageError, match="nowhere is not a directory"):
        scan_dicom.scan(tmp_path / "nowhere")
    assert scan_dicom.scan(tmp_path) == scan_dicom.Scan(
        series=(), ignored={}, faults=()
    )


def test_workers_find_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(scan_dicom, "_CHUNK", 2)
    write_stack(tmp_path, phantom())
    (tmp_path / "notes.txt").write_text("x" * 200, encoding="utf-8")
    with Processes(2) as processes:
        scan = scan_dicom.scan(tmp_path, processes=processes)
    assert scan == scan_dicom.scan(tmp_path)


def test_two_stacks_of_one_series_with_the_same_positions(tmp_path):
    write_stack(tmp_path, phantom())
    write_stack(tmp_path, phantom(seed=4), name="again")
    with pytest.raises(StudyError, match="series 4: slices 1 and 2 of 10 share") as e:
        read(tmp_path)
    assert e.value.code == "duplicate_position"
    assert "t2_tse_tra" in e.value.private
    assert "t2_tse_tra" not in e.value.problem


def test_two_acquisitions_are_two_volumes(tmp_path):
    first, second = phantom(), phantom(seed=4)
    write_stack(tmp_path, first, AcquisitionNumber=1)
    write_stack(tmp_path, second, AcquisitionNumber=2, name="again")
    one, two = scan_dicom.scan(tmp_path).series
    assert (one.part, two.part) == ("acq=1", "acq=2")
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(scan_dicom.read_image(two)), second
    )
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(scan_dicom.read_image(one)), first
    )


def test_missing_slice(tmp_path):
    write_stack(tmp_path, phantom())[2].unlink()
    with pytest.raises(StudyError, match="1 of 5 slices missing.*slices 2 and 3"):
        read(tmp_path)


def test_mosaic_and_colour(tmp_path):
    kind = ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]
    write_slice(tmp_path / "mosaic" / "im", phantom()[0], ImageType=kind)
    with pytest.raises(StudyError, match="Siemens mosaic"):
        read(tmp_path / "mosaic")
    (tmp_path / "colour").mkdir()
    shutil.copy(package_file("examples_rgb_color.dcm"), tmp_path / "colour")
    with pytest.raises(StudyError, match="3 samples per pixel"):
        read(tmp_path / "colour")


def test_frames_without_functional_groups(tmp_path):
    shutil.copy(package_file("rtdose.dcm"), tmp_path)
    with pytest.raises(StudyError, match="without a position of its own"):
        read(tmp_path)


def test_prostate_study(shared_data):
    scan = scan_dicom.scan(shared_data / "prostatex")
    found = [(s.series_number, s.part, s.plane, len(s.frames)) for s in scan.series]
    assert found == [
        (3, "", "sagittal", 19),
        (4, "", "axial", 19),
        (5, "", "coronal", 15),
        (6, "b=50", "axial", 19),
        (6, "b=400", "axial", 19),
        (6, "b=800", "axial", 19),
        (7, "", "axial", 19),
        (8, "", "axial", 19),
        (9, "", "axial", 16),
    ]
    assert [s.b_value for s in scan.series[3:8]] == [50, 400, 800, 800, 1000]
    assert not scan.faults
    for series in scan.series[:4]:
        image = scan_dicom.read_image(series)
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames([frame.path for frame in series.frames])
        oracle = reader.Execute()
        np.testing.assert_array_equal(
            sitk.GetArrayFromImage(image), sitk.GetArrayFromImage(oracle)
        )
        assert image.GetSpacing() == pytest.approx(oracle.GetSpacing(), abs=1e-4)
        assert image.GetOrigin() == pytest.approx(oracle.GetOrigin(), abs=1e-4)
        assert image.GetDirection() == pytest.approx(oracle.GetDirection(), abs=1e-4)
