import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.canonical import orientation
from tests.pipelines.canonical.conftest import build_image

LEFT, POSTERIOR, SUPERIOR = np.eye(3)


@pytest.mark.parametrize(
    ("plane", "depth", "height", "width"),
    [
        ("axial", SUPERIOR, POSTERIOR, LEFT),
        ("sagittal", LEFT, -SUPERIOR, POSTERIOR),
        ("coronal", POSTERIOR, -SUPERIOR, LEFT),
    ],
)
@pytest.mark.parametrize("code", ["LPS", "RAS", "PIR", "SRA"])
def test_axes_of_each_plane(image, plane, depth, height, width, code):
    frame = orientation.frame_of(sitk.DICOMOrient(image, code), plane)
    matrix = orientation.affine(frame, (0, 0, 0), (1, 1, 1))
    np.testing.assert_allclose(matrix[:3, 0], depth, atol=1e-12)
    np.testing.assert_allclose(matrix[:3, 1], height, atol=1e-12)
    np.testing.assert_allclose(matrix[:3, 2], width, atol=1e-12)


def test_affine_finds_every_voxel_of_an_oblique_image(voxels):
    image = build_image(voxels, turn=(0.3, -0.2, 0.4))
    frame = orientation.frame_of(image, "sagittal")
    told = orientation.express(image, frame)
    matrix = orientation.affine(frame, told.GetOrigin(), told.GetSpacing())
    array = sitk.GetArrayFromImage(told)
    for index in [(0, 0, 0), (3, 5, 2), tuple(n - 1 for n in array.shape)]:
        point = matrix @ (*index, 1)
        source = image.TransformPhysicalPointToIndex(point[:3])
        assert array[index] == image[source]
        np.testing.assert_allclose(
            point[:3], image.TransformIndexToPhysicalPoint(source), atol=1e-3
        )


def test_the_reference_is_at_the_origin_of_its_frame(voxels):
    image = build_image(voxels, turn=(0.1, 0.2, -0.3))
    told = orientation.express(image, orientation.frame_of(image, "coronal"))
    assert told.GetOrigin() == (0, 0, 0)
    assert told.GetDirection() == (1, 0, 0, 0, 1, 0, 0, 0, 1)


def test_another_image_keeps_its_place(voxels):
    reference = build_image(voxels, turn=(0.1, 0.2, -0.3))
    other = build_image(voxels, (3, 1, 2), (4, 5, 6), turn=(-0.2, 0.1, 0.3))
    frame = orientation.frame_of(reference, "axial")
    told = orientation.express(other, frame)
    point = np.array(told.TransformIndexToPhysicalPoint((7, 3, 5)))
    there = other.TransformPhysicalPointToIndex(
        (frame.origin_mm + frame.direction @ point).tolist()
    )
    assert told[7, 3, 5] == other[there]
    assert other.GetOrigin() == (4, 5, 6)  # the caller's image is as it was


def test_rounding_of_headers_does_not_show(voxels):
    image = build_image(voxels)
    noisy = build_image(voxels, (1.5, 2.0000001, 4), (-15, 12.000002, 29.99999))
    frame = orientation.frame_of(image, "axial")
    a, b = orientation.express(image, frame), orientation.express(noisy, frame)
    assert a.GetOrigin() == b.GetOrigin()
    assert a.GetSpacing() == b.GetSpacing()
