"""Siemens mosaics: against nibabel's wrapper, and what can't be unpacked."""

import gzip
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from pipelines.errors import StudyError
from pipelines.phantoms import csa_header, dicom
from pipelines.readers.dicom import scan
from tests.pipelines.phantoms.diffusion_patients import patient_of

DATA = Path(nibabel.__file__).parent / "nicom" / "tests" / "data"


@pytest.fixture
def mosaics(tmp_path):
    """The files of the phantom: b = 0 and six directions, 5 slices each."""
    dicom.write_patient(replace(patient_of("siemens"), form="mosaic"), tmp_path)
    return sorted(path for path in tmp_path.rglob("*") if path.is_file())


def lone_series(path):
    for other in path.parent.iterdir():
        if other != path:
            other.unlink()
    (series,) = scan.scan(path.parent).series
    return series


def change(path, **tags):
    image = pydicom.dcmread(path)
    for keyword, value in tags.items():
        setattr(image, keyword, value)
    image.save_as(path)


@pytest.mark.filterwarnings("ignore:The DICOM readers are highly experimental")
@pytest.mark.parametrize(("name", "b_value"), [("0", 0), ("1000", 1000)])
def test_a_real_one_lies_where_nibabel_says(name, b_value, tmp_path):
    packed = DATA / f"siemens_dwi_{name}.dcm.gz"
    if not packed.is_file():
        pytest.skip("nibabel came without its test data")
    from nibabel.nicom import dicomwrappers

    path = tmp_path / "im.dcm"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    wrapper = dicomwrappers.wrapper_from_file(path)
    (series,) = scan.scan(tmp_path).series
    image = scan.read_image(series)
    assert series.b_value == b_value
    assert image.GetSize() == (128, 128, 48) == wrapper.image_shape
    for index in ((0, 0, 0), (127, 0, 0), (0, 127, 0), (5, 90, 47)):
        column, row, number = index
        wanted = wrapper.affine @ (row, column, number, 1)
        point = image.TransformIndexToPhysicalPoint(index)
        assert point == pytest.approx(wanted[:3], abs=2e-3)  # the header has 6 places


@pytest.mark.filterwarnings("ignore:The DICOM readers are highly experimental")
def test_voxels_and_affine_are_nibabels(mosaics):
    from nibabel.nicom import dicomwrappers

    wrapper = dicomwrappers.wrapper_from_file(mosaics[3])
    image = scan.read_image(lone_series(mosaics[3]))
    wanted = wrapper.get_data()  # [row, column, slice]
    values = sitk.GetArrayFromImage(image)
    np.testing.assert_array_equal(values, wanted.transpose(2, 0, 1))
    point = image.TransformIndexToPhysicalPoint((3, 5, 2))
    assert point == pytest.approx((wrapper.affine @ (5, 3, 2, 1))[:3], abs=1e-4)


def test_slices_that_run_against_the_normal(mosaics):
    part = patient_of("siemens").series[0].parts[0]
    stack = part.stack
    turned = SimpleNamespace(normal=[-x for x in stack.normal], shape=stack.shape)
    image = pydicom.dcmread(mosaics[0])
    image[0x0029, 0x1010].value = csa_header.content(part.weighting, turned, 5)
    image.save_as(mosaics[0])
    image = scan.read_image(lone_series(mosaics[0]))
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(image), part.stored.values[::-1]
    )
    last = np.array(stack.position_mm(0)) - 4 * stack.steps_mm[0]
    assert image.GetOrigin() == pytest.approx(last, abs=1e-4)


def test_thickness_where_there_is_no_spacing_between_slices(mosaics):
    change(mosaics[0], SpacingBetweenSlices=None, SliceThickness=2.5)
    assert scan.read_image(lone_series(mosaics[0])).GetSpacing()[2] == (
        pytest.approx(2.5)
    )


def test_a_compressed_one(mosaics):
    image = pydicom.dcmread(mosaics[0])
    image.compress(pydicom.uid.RLELossless)
    image.save_as(mosaics[0])
    values = sitk.GetArrayFromImage(scan.read_image(lone_series(mosaics[0])))
    wanted = patient_of("siemens").series[0].parts[0].stored.values
    np.testing.assert_array_equal(values, wanted)


@pytest.mark.parametrize(
    "tags",
    [
        {"SpacingBetweenSlices": None, "SliceThickness": None},
        {"ImageOrientationPatient": [1, 0, 0, 0, 0.6, 0.8]},
        {"Rows": 89},
        {"PixelSpacing": None},
    ],
    ids=lambda tags: next(iter(tags)),
)
def test_what_does_not_say_where_slices_lie_is_refused(mosaics, tags):
    change(mosaics[0], **tags)
    with pytest.raises(StudyError, match="Siemens mosaic of .* can't be unpacked"):
        scan.read_image(lone_series(mosaics[0]))


@pytest.mark.parametrize("stated", [b"34.@9 ", b"34\\35 "], ids=["no number", "two"])
def test_a_damaged_spacing_does_not_give_way_to_the_thickness(mosaics, stated):
    change(mosaics[0], SpacingBetweenSlices="12.345")
    content = mosaics[0].read_bytes()
    assert content.count(b"12.345") == 1
    mosaics[0].write_bytes(content.replace(b"12.345", stated))
    (fault,) = scan.scan(mosaics[0].parent).faults
    assert fault.error.code == "bad_header"


def test_one_without_csa_header_is_refused(mosaics):
    image = pydicom.dcmread(mosaics[0])
    del image[0x0029, 0x1010]
    image.save_as(mosaics[0])
    with pytest.raises(StudyError, match="anonymisers may drop") as caught:
        scan.read_image(lone_series(mosaics[0]))
    assert caught.value.code == "mosaic"


@pytest.mark.parametrize("name", ["0.dcm", "1.dcm"])
def test_a_matrix_that_is_no_mosaic_of_the_slices(name, tmp_path):
    """nibabel's, by whose header 48 slices of 128 lie in 256 x 256 pixels."""
    (tmp_path / name).write_bytes((DATA / name).read_bytes())
    with pytest.raises(StudyError, match="of 256 x 256 that can't be unpacked"):
        scan.read_image(lone_series(tmp_path / name))


def test_one_that_is_cut_off(mosaics):
    mosaics[0].write_bytes(mosaics[0].read_bytes()[:-10])
    with pytest.raises(StudyError, match="cut off"):
        scan.read_image(lone_series(mosaics[0]))
