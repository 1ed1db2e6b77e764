import itertools

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.errors import StudyError
from pipelines.readers import nifti

AFFINE = np.array([[-2.0, 0, 0, 30], [0, 3, 0, -40], [0, 0, 5, 7], [0, 0, 0, 1]], float)


def voxels(dtype=np.int16, shape=(4, 5, 6)):
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def save(path, array, affine=AFFINE, *, sform=1, qform=1, change=None):
    file = nibabel.Nifti1Image(array, affine)
    file.set_sform(affine, sform)
    if qform is not None:
        file.set_qform(affine, qform)
    if change:
        change(file)
    nibabel.save(file, path)
    return path


def ras(image, index):
    point = image.TransformIndexToPhysicalPoint([int(i) for i in index])
    return np.array(point) * (-1, -1, 1)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_reads_voxels_and_turns_ras_to_lps(tmp_path, name):
    image = nifti.read_image(save(tmp_path / name, voxels()))
    assert image.GetPixelID() == sitk.sitkInt16
    assert image.GetSpacing() == (2, 3, 5)
    assert image[1, 2, 3] == voxels()[1, 2, 3]
    np.testing.assert_allclose(ras(image, (1, 2, 3)), [28, -34, 22])


def test_agrees_with_simpleitk_on_an_oblique_file(tmp_path):
    rotation = sitk.Euler3DTransform((0, 0, 0), 0.2, -0.3, 0.4).GetMatrix()
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(rotation, (3, 3)) * [1.5, 2, 4]
    affine[:3, 3] = 5, -6, 7
    path = save(tmp_path / "a.nii", voxels(), affine)
    ours, theirs = nifti.read_image(path), sitk.ReadImage(str(path))
    np.testing.assert_allclose(ours.GetOrigin(), theirs.GetOrigin(), atol=1e-5)
    np.testing.assert_allclose(ours.GetDirection(), theirs.GetDirection(), atol=1e-5)
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(ours), sitk.GetArrayFromImage(theirs)
    )


def test_sform_goes_before_qform(tmp_path):
    moved = AFFINE.copy()
    moved[0, 3] += 10
    path = save(tmp_path / "a.nii", voxels(), change=lambda f: f.set_qform(moved, 1))
    assert ras(nifti.read_image(path), (0, 0, 0))[0] == pytest.approx(30)


def test_qform_where_there_is_no_sform(tmp_path):
    path = save(tmp_path / "a.nii", voxels(), sform=0)
    np.testing.assert_allclose(
        ras(nifti.read_image(path), (1, 2, 3)), [28, -34, 22], atol=1e-4
    )


def test_left_handed_qform_keeps_left(tmp_path):
    affine = np.diag([2.0, 3, 5, 1])
    affine[2, 2] = -5
    path = save(tmp_path / "a.nii", voxels(), affine, sform=0)
    image = nifti.read_image(path)
    np.testing.assert_allclose(ras(image, (1, 1, 1)), [2, 3, -5], atol=1e-4)


def test_sform_of_unit_columns_takes_its_spacing_from_pixdim(tmp_path):
    def directions_only(file):
        file.set_qform(None, 0)
        file.header.set_zooms((1.5, 1.5, 10))

    affine = np.diag([-1.0, -1, 1, 1])
    path = save(tmp_path / "a.nii", voxels(), affine, change=directions_only)
    assert nifti.read_image(path).GetSpacing() == pytest.approx((1.5, 1.5, 10))


def test_unit_of_length(tmp_path):
    path = save(
        tmp_path / "a.nii",
        voxels(),
        change=lambda f: f.header.set_xyzt_units("micron"),
    )
    assert nifti.read_image(path).GetSpacing() == pytest.approx((0.002, 0.003, 0.005))


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (np.uint8, sitk.sitkInt16),
        (np.int8, sitk.sitkInt16),
        (np.int16, sitk.sitkInt16),
        (np.uint16, sitk.sitkInt32),
        (np.int32, sitk.sitkInt32),
        (np.uint32, sitk.sitkInt32),
        (np.float32, sitk.sitkFloat32),
        (np.float64, sitk.sitkFloat32),
    ],
)
def test_type_of_the_voxels(tmp_path, stored, read):
    array = voxels(stored, (3, 4, 5))
    image = nifti.read_image(save(tmp_path / "a.nii.gz", array))
    assert image.GetPixelID() == read
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image).T, array)


def test_integers_beyond_int32_become_float32(tmp_path):
    array = voxels(np.uint32) + np.uint32(2**31)
    image = nifti.read_image(save(tmp_path / "a.nii", array))
    assert image.GetPixelID() == sitk.sitkFloat32


@pytest.mark.parametrize("stored", [np.int16, np.float32])
def test_slope_and_intercept(tmp_path, stored):
    path = tmp_path / "a.nii"
    save(path, voxels(stored))
    raw = bytearray(path.read_bytes())
    raw[112:120] = np.array([0.5, -3], "<f4").tobytes()  # scl_slope, scl_inter
    path.write_bytes(raw)
    image = nifti.read_image(path)
    assert image.GetPixelID() == sitk.sitkFloat32
    assert image[1, 2, 3] == voxels()[1, 2, 3] * 0.5 - 3


def test_frames_of_a_4d_file(tmp_path):
    array = voxels(shape=(3, 4, 5, 2))
    path = save(tmp_path / "a.nii.gz", array)
    frames = nifti.read_frames(path)
    assert len(frames) == nifti.header(path).frames == 2
    for index, frame in enumerate(frames):
        one = nifti.read_image(path, frame=index)
        np.testing.assert_array_equal(sitk.GetArrayFromImage(one).T, array[..., index])
        np.testing.assert_array_equal(
            sitk.GetArrayFromImage(frame).T, array[..., index]
        )
        assert frame.GetSpacing() == one.GetSpacing() == (2, 3, 5)


def test_frames_of_a_3d_file(tmp_path):
    (frame,) = nifti.read_frames(save(tmp_path / "a.nii", voxels()))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(frame).T, voxels())


@pytest.mark.parametrize("shape", [(3, 4, 5, 1), (3, 4, 5, 1, 1), (3, 4, 5, 2, 1)])
def test_single_further_axes(tmp_path, shape):
    path = save(tmp_path / "a.nii", voxels(shape=shape))
    image = nifti.read_image(path, frame=shape[3] - 1)
    np.testing.assert_array_equal(
        sitk.GetArrayFromImage(image).T,
        voxels(shape=shape).reshape(3, 4, 5, -1)[..., -1],
    )


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_header_finds_plane_and_slices(tmp_path, order):
    """The file's axes are any order of right (2 mm), anterior (3 mm), superior (5)."""
    affine = np.eye(4)
    affine[:3, :3] = np.diag([2.0, 3, 5])[:, order]
    shape = np.array([4, 5, 6])[list(order)]
    header = nifti.header(save(tmp_path / "a.nii", voxels(shape=shape), affine))
    assert header.plane == "axial"
    assert header.slices == 6
    assert sorted(header.matrix) == [4, 5]
    np.testing.assert_allclose(header.spacing_mm, np.array([2, 3, 5])[list(order)])


def test_header_believes_dim_info(tmp_path):
    path = save(
        tmp_path / "a.nii",
        voxels(),
        change=lambda f: f.header.set_dim_info(freq=1, phase=2, slice=0),
    )
    header = nifti.header(path)
    assert (header.plane, header.slices, header.matrix) == ("sagittal", 4, (6, 5))


def test_header_of_isotropic_voxels_takes_k(tmp_path):
    affine = np.eye(4)[[0, 2, 1, 3]]  # k runs to anterior
    header = nifti.header(save(tmp_path / "a.nii", voxels(), affine))
    assert (header.plane, header.slices, header.matrix) == ("coronal", 6, (5, 4))


def refused(code, path, match, **arguments):
    with pytest.raises(StudyError, match=match) as caught:
        nifti.read_image(path, **arguments)
    assert caught.value.code == code
    assert str(path) in caught.value.private
    assert str(path) not in caught.value.problem + caught.value.cure


def test_missing_file(tmp_path):
    refused("missing_file", tmp_path / "none.nii", "does not exist")


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_empty_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    refused("unreadable", tmp_path / name, "empty, truncated, damaged")


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_truncated_file(tmp_path, name, share):
    noise = np.random.default_rng(0).integers(0, 999, (8, 8, 8)).astype(np.int16)
    path = save(tmp_path / name, noise)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused("unreadable", path, "empty, truncated, damaged")


def test_damaged_gzip(tmp_path):
    path = save(tmp_path / "a.nii.gz", voxels(shape=(9, 9, 9)))
    content = bytearray(path.read_bytes())
    content[-8] ^= 255  # the checksum
    path.write_bytes(content)
    refused("unreadable", path, "damaged")


def test_another_format(tmp_path):
    path = tmp_path / "a.mgz"
    nibabel.save(nibabel.MGHImage(voxels(np.int32), AFFINE), path)
    refused("unreadable", path, "not NIfTI")


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 6, 1, 3)])
def test_no_volume(tmp_path, shape):
    path = save(tmp_path / "a.nii", voxels(shape=shape))
    refused("not_a_volume", path, "no scalar volume")


def test_complex_voxels(tmp_path):
    path = save(tmp_path / "a.nii", voxels(np.complex64))
    refused("unsupported_voxels", path, "no real numbers")


def test_no_orientation(tmp_path):
    path = save(tmp_path / "a.nii", voxels(), sform=0, qform=0)
    refused("no_orientation", path, "neither sform nor qform")


def test_sheared_affine(tmp_path):
    affine = AFFINE.copy()
    affine[0, 1] = 0.3
    path = save(tmp_path / "a.nii", voxels(), affine, qform=None)
    refused("sheared_affine", path, "not perpendicular. Received: a cosine of 0.0995")


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_singular_affine(tmp_path, value):
    affine = AFFINE.copy()
    affine[:3, 2] = value
    path = save(
        tmp_path / "a.nii",
        voxels(),
        change=lambda f: f.header.set_sform(affine, 1),
    )
    raw = bytearray(path.read_bytes())
    raw[280:328] = affine[:3].astype("<f4").tobytes()  # srow_x, srow_y, srow_z
    path.write_bytes(raw)
    refused("bad_affine", path, "singular or not finite")


def test_a_unit_that_there_is_not(tmp_path):
    path = save(tmp_path / "a.nii", voxels())
    raw = bytearray(path.read_bytes())
    raw[123] = 7  # xyzt_units
    path.write_bytes(raw)
    refused("unknown_unit", path, "a unit that there is not. Received: xyzt_units 7")


def test_impossible_quaternion(tmp_path):
    path = save(tmp_path / "a.nii", voxels(), sform=0)
    raw = bytearray(path.read_bytes())
    raw[256:268] = np.array([3, 3, 3], "<f4").tobytes()  # quatern_b, c, d
    path.write_bytes(raw)
    refused("unreadable", path, "damaged")


def test_frame_must_be_named(tmp_path):
    path = save(tmp_path / "a.nii", voxels(shape=(3, 4, 5, 2)))
    refused("frame_needed", path, "2 frames and no frame was named")


@pytest.mark.parametrize("frame", [-1, 2])
def test_no_such_frame(tmp_path, frame):
    path = save(tmp_path / "a.nii", voxels(shape=(3, 4, 5, 2)))
    refused("no_such_frame", path, f"Received: frame {frame}", frame=frame)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_voxels(tmp_path, value):
    array = voxels(np.float32)
    array[1, 2, 3] = value
    path = save(tmp_path / "a.nii", array)
    refused("nan_voxels", path, "1 of 120 voxels are NaN or infinite")
    with pytest.raises(StudyError, match="NaN or infinite"):
        nifti.read_frames(path)


def test_reads_acdc_with_its_true_spacing(shared_data):
    path = shared_data / "acdc" / "patient004" / "ED.nii.gz"
    if not path.exists():
        pytest.skip("no acdc folder in the real data")
    assert nifti.header(path).spacing_mm == pytest.approx((1.3671875, 1.3671875, 10))
    assert nifti.read_image(path).GetPixelID() == sitk.sitkInt16


def test_a_header_says_where_the_centre_lies(tmp_path):
    affine = np.diag([2.0, 3.0, 5.0, 1.0])
    affine[:3, 3] = 10.0, 20.0, 30.0  # RAS
    path = tmp_path / "volume.nii"
    nibabel.save(nibabel.Nifti1Image(np.zeros((5, 3, 2), np.int16), affine), path)
    assert nifti.header(path).centre_mm == pytest.approx((-14.0, -23.0, 32.5))
