import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.encaps import generate_frames

from pipelines.errors import StudyError
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.codestreams import Codestream, stated


def first_frame(name):
    dataset = pydicom.dcmread(get_testdata_file(name, download=False))
    return next(generate_frames(dataset.PixelData, number_of_frames=1))


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("MR_small_jpeg_ls_lossless.dcm", (64, 64, 1, 2)),
        ("MR_small_jp2klossless.dcm", (64, 64, 1, 2)),
        ("JPEG-lossy.dcm", (1024, 256, 1, 2)),
        ("SC_rgb_jpeg.dcm", (256, 256, 3, 1)),
    ],
)
def test_the_size_that_a_frame_states(name, size):
    rows, columns, samples, value_bytes = size
    assert stated(first_frame(name)) == Codestream(
        rows=rows, columns=columns, samples=samples, value_bytes=value_bytes
    )


@pytest.mark.parametrize("frame", [b"", b"\xff\xd8\xff", b"\xff\xd8\0", b"RLE"])
def test_a_frame_without_a_size(frame):
    assert stated(frame) is None


def test_a_jpeg_2000_frame_that_is_cut_in_its_size():
    assert stated(first_frame("MR_small_jp2klossless.dcm")[:20]) is None


def test_fill_bytes_and_a_marker_without_length():
    frame = first_frame("MR_small_jpeg_ls_lossless.dcm")
    padded = frame[:2] + b"\xff\xff\xff\x01" + frame[2:]
    assert stated(padded) == stated(frame)


@pytest.mark.parametrize(
    "name", ["MR_small_jpeg_ls_lossless.dcm", "MR_small_jp2klossless.dcm"]
)
@pytest.mark.parametrize(
    ("keyword", "lie"), [("Columns", 65535), ("Rows", 65), ("Rows", 63)]
)
def test_a_header_that_promises_another_size_does_not_end_the_process(
    tmp_path, name, keyword, lie
):
    dataset = pydicom.dcmread(get_testdata_file(name, download=False))
    setattr(dataset, keyword, lie)
    dataset.save_as(tmp_path / "im")
    (series,) = scan_dicom.scan(tmp_path).series
    with pytest.raises(StudyError, match="can't be decoded"):
        scan_dicom.read_image(series)
