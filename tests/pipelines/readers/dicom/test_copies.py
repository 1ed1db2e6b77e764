"""Identical SOP instances count once; what only looks alike does not."""

import shutil

import numpy as np
import pytest
import SimpleITK as sitk
from pydicom import dcmread
from pydicom.uid import RLELossless

from pipelines.readers.dicom import scan as scan_dicom
from tests.pipelines.readers.dicom_files import phantom, write_stack

COPIES = "copies of other files"


def doubled(folder, volume):
    """A stack and each of its files once more."""
    copies = []
    for path in write_stack(folder, volume):
        (folder / "again").mkdir(exist_ok=True)
        copies.append(shutil.copy(path, folder / "again" / path.name))
    return copies


def edited(path, **values):
    image = dcmread(path)
    for name, value in values.items():
        setattr(image, name, value)
    image.save_as(path)


def only_volume(folder):
    (series,) = scan_dicom.scan(folder).series
    return sitk.GetArrayFromImage(scan_dicom.read_image(series))


def test_copies_count_once(tmp_path):
    volume = phantom()
    doubled(tmp_path, volume)
    assert scan_dicom.scan(tmp_path).ignored == {COPIES: 5}
    np.testing.assert_array_equal(only_volume(tmp_path), volume)


@pytest.mark.parametrize("folder", ["", "again"])
def test_the_whole_one_of_two_is_taken(folder, tmp_path):
    volume = phantom()
    doubled(tmp_path, volume)
    path = tmp_path / folder / "im002"
    path.write_bytes(path.read_bytes()[:-30])
    np.testing.assert_array_equal(only_volume(tmp_path), volume)


def test_a_copy_in_another_encoding(tmp_path):
    volume = phantom(rows=8, columns=16)
    for path in doubled(tmp_path, volume):
        image = dcmread(path)
        image.compress(RLELossless, generate_instance_uid=False)
        image.save_as(path)
    assert scan_dicom.scan(tmp_path).ignored == {COPIES: 5}
    np.testing.assert_array_equal(only_volume(tmp_path), volume)


def test_other_pixels_under_one_uid_are_no_copies(tmp_path):
    path = doubled(tmp_path, phantom())[2]
    edited(path, PixelData=b"\1" * 84)
    scan = scan_dicom.scan(tmp_path)
    assert scan.ignored == {COPIES: 4} and len(scan.series[0].frames) == 6


def test_one_uid_for_all_images_makes_no_copies(tmp_path):
    for path in write_stack(tmp_path, phantom()):
        edited(path, SOPInstanceUID="1.2.3")
    scan = scan_dicom.scan(tmp_path)
    assert not scan.ignored and len(scan.series[0].frames) == 5


def test_images_of_two_patients_are_no_copies(tmp_path):
    for path in doubled(tmp_path, phantom()):
        edited(path, PatientID="P2")
    assert len(scan_dicom.scan(tmp_path).series) == 2


def test_folders_behind_links_are_read_once(tmp_path):
    write_stack(tmp_path / "archive" / "deep", phantom())
    source = tmp_path / "source"
    source.mkdir()
    (source / "one").symlink_to(tmp_path / "archive")
    (source / "two").symlink_to(tmp_path / "archive" / "deep")
    (source / "circle").symlink_to(source)
    scan = scan_dicom.scan(source)
    assert not scan.ignored and len(scan.series[0].frames) == 5


def test_files_behind_links_are_read_once(tmp_path):
    paths = write_stack(tmp_path / "archive", phantom())
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(paths[0], source / "real")
    for path in paths[1:]:
        (source / path.name).symlink_to(path)
        (source / f"{path.name} again").symlink_to(path)
    (source / "link to real").symlink_to(source / "real")
    scan = scan_dicom.scan(source)
    assert not scan.ignored and len(scan.series[0].frames) == 5
