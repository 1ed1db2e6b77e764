import gzip

import nibabel
import numpy as np
import pytest

from zoo.serving.page import nifti_files
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import UploadError
from zoo.serving.page.zip_files import Room

LIMITS = PageLimits(total_bytes=20_000, file_bytes=10_000)


@pytest.fixture(params=[nibabel.Nifti1Image, nibabel.Nifti2Image])
def content(request):
    image = request.param(np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.eye(4))
    return image.to_bytes()


def unpacked(folder, content, bytes_left=20_000):
    path = folder / "000001"
    path.write_bytes(content)
    room = Room(bytes_left=bytes_left, files_left=1)
    return nifti_files.unpacked(path, folder, LIMITS, room)


def test_with_and_without_gzip_it_is_the_same_file(tmp_path, content):
    for number, body in enumerate((content, gzip.compress(content))):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = unpacked(folder, body)
        assert path.suffix == ".nii"
        assert path.read_bytes() == content
        assert [*folder.iterdir()] == [path]


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_header_that_promises_more_than_there_is(tmp_path, content, order):
    image = nibabel.Nifti1Image(np.zeros((3, 4, 5), np.int16), np.eye(4))
    header = image.header.as_byteswapped(order)
    header.set_data_shape((3000, 4000, 5000))
    body = header.binaryblock + bytes(500)
    with pytest.raises(UploadError, match="less than its header says"):
        unpacked(tmp_path, body)


def test_gzip_that_unpacks_to_too_much_or_is_damaged(tmp_path, content):
    with pytest.raises(UploadError, match="larger than"):
        unpacked(tmp_path, gzip.compress(bytes(10_001)))
    with pytest.raises(UploadError, match="altogether"):
        unpacked(tmp_path, gzip.compress(bytes(900)), bytes_left=800)
    with pytest.raises(UploadError, match="truncated or damaged"):
        unpacked(tmp_path, gzip.compress(content)[:-9])


def test_what_is_no_nifti_is_left_to_the_reader(tmp_path):
    for body in (b"", b"x", b"\x5c\x01\x00\x00", bytes(700)):
        assert unpacked(tmp_path, body).read_bytes() == body
