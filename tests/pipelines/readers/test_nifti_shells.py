"""Frames of a diffusion volume by their b-value."""

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import stats

from pipelines.errors import StudyError
from pipelines.readers import nifti, nifti_shells
from tests.pipelines.readers import nifti_diffusion
from tests.pipelines.readers.nifti_diffusion import AFFINE, B_VALUES, SIX, VECTORS

FRAMES = len(B_VALUES)
SHAPE = (5, 4, 3)
VOXELS = nifti_diffusion.signals(nifti_diffusion.tensors(shape=SHAPE))
X, Y, Z = np.eye(3)


def saved(folder, b_values=B_VALUES, vectors=VECTORS, voxels=None):
    if voxels is None:
        voxels = VOXELS[..., : len(b_values)]
    path = folder / "dwi.nii.gz"
    return nifti_diffusion.write(path, voxels, b_values, vectors)


def array(image):
    return sitk.GetArrayFromImage(image).T


def refused(code, match, path, b_value, frames=FRAMES):
    with pytest.raises(StudyError, match=match) as caught:
        nifti_shells.shell(path, frames, b_value)
    error = caught.value
    assert error.code == code and error.private == str(path)
    assert "dwi" not in error.problem + error.cure


def test_a_shell_is_the_geometric_mean_of_its_frames(tmp_path):
    path = saved(tmp_path)
    image = nifti_shells.read(path, b_value=800)
    assert image.GetPixelID() == sitk.sitkFloat32
    wanted = stats.gmean(VOXELS[..., 8:].astype(np.float64), axis=-1)
    np.testing.assert_allclose(array(image), wanted, rtol=1e-6)
    plain = nifti.read_image(path, frame=8)
    assert image.GetOrigin() == plain.GetOrigin()
    assert image.GetSpacing() == plain.GetSpacing()
    assert image.GetDirection() == plain.GetDirection()


def test_repeats_at_0_want_no_directions(tmp_path):
    path = saved(tmp_path, vectors=None)
    shell = nifti_shells.shell(path, FRAMES, 0)
    assert (shell.b_value, shell.frames, len(shell.gradients)) == (0, (0, 1), 1)
    wanted = stats.gmean(VOXELS[..., :2].astype(np.float64), axis=-1)
    mean = array(nifti_shells.read(path, b_value=0))
    np.testing.assert_allclose(mean, wanted, rtol=1e-6)


def test_next_to_nothing_is_0(tmp_path):
    path = saved(tmp_path, (0.001, 0.002, 900), None)
    assert nifti_shells.shell(path, 3, 0).frames == (0, 1)


def test_a_lone_frame_is_that_frame(tmp_path):
    voxels = np.arange(60 * 3, dtype=np.int16).reshape(5, 4, 3, 3)
    path = saved(tmp_path, (800, 0, 400), None, voxels)
    image = nifti_shells.read(path, b_value=400)
    assert image.GetPixelID() == sitk.sitkInt16
    assert (array(image) == voxels[..., 2]).all()


def test_a_shell_of_uneven_b_values_and_order(tmp_path):
    b_values = (1005, 0, 995, 1990, 1000, 1)
    path = saved(tmp_path, b_values, (X, 0 * X, Y, X, Z, 0 * X))
    shell = nifti_shells.shell(path, 6, 980)
    assert (shell.b_value, shell.frames) == (1000, (0, 2, 4))
    wanted = stats.gmean(VOXELS[..., [0, 2, 4]].astype(np.float64), axis=-1)
    np.testing.assert_allclose(
        array(nifti_shells.read(path, b_value=980)), wanted, rtol=1e-6
    )
    assert nifti_shells.shell(path, 6, 1990).frames == (3,)


def test_isotropic_images_come_before_directions(tmp_path):
    path = saved(tmp_path, (0, 800, 800, 800, 800), (0 * X, X, Y, 0 * X, Z))
    shell = nifti_shells.shell(path, 5, 800)
    assert shell.frames == (3,) and shell.gradients[0].kind == "isotropic"


def test_a_3d_file_is_a_shell_of_one(tmp_path):
    path = saved(tmp_path, (50,), None, VOXELS[..., 0])
    assert nifti_shells.shell(path, 1, 50).frames == (0,)
    assert nifti_shells.b_value_of(path, 1, frame=None, b_value=None) == 50
    saved(tmp_path, (50, 400), None, VOXELS[..., 0])
    with pytest.raises(StudyError, match=r"2 number\(s\), and the image has 1 frame"):
        nifti_shells.b_value_of(path, 1, frame=None, b_value=None)


@pytest.mark.parametrize(
    ("frame", "b_value", "stated"), [(1, None, 0), (5, None, 400), (None, 790, 800)]
)
def test_the_b_value_of_a_volume(tmp_path, frame, b_value, stated):
    path = saved(tmp_path)
    named = {"frame": frame, "b_value": b_value}
    assert nifti_shells.b_value_of(path, FRAMES, **named) == stated


def test_without_a_sidecar_nothing_is_stated(tmp_path):
    path = saved(tmp_path, None, None, VOXELS)
    assert nifti_shells.b_value_of(path, FRAMES, frame=3, b_value=None) is None
    with pytest.raises(StudyError, match="no frame was named") as caught:
        nifti_shells.b_value_of(path, FRAMES, frame=None, b_value=None)
    assert "FILE#b=800" in caught.value.cure
    refused("missing_b_values", "no .bval file lies beside", path, 800)


def test_a_shell_that_there_is_not(tmp_path):
    refused("no_such_shell", "file has b = 0, 400, 800", saved(tmp_path), 600)
    many = saved(tmp_path, tuple(range(0, 2000, 100)), None, VOXELS[..., :1])
    refused("no_such_shell", "900, 1000, 1100, …$|1100, … ", many, 40, frames=20)


def test_directions_that_nothing_tells_apart(tmp_path):
    path = saved(tmp_path, vectors=None)
    refused("missing_directions", "6 frames have b = 400 .* no .bvec", path, 400)
    uneven = saved(tmp_path, (0, 995, 1000, 1005), None, VOXELS[..., :4])
    refused("missing_directions", "3 frames have b = 1000", uneven, 1000, frames=4)


def test_one_direction_at_two_b_values_is_no_shell(tmp_path):
    path = saved(tmp_path, (0, 1000, 1040), (0 * X, X, X))
    refused("ambiguous_shell", "has b = 1000, 1040", path, 1000, frames=3)


def test_repeats_of_a_direction_are_one_direction(tmp_path):
    path = saved(tmp_path, (800,) * 4, (X, Y, X, Z))
    shell = nifti_shells.shell(path, 4, 800)
    assert shell.frames == (0, 1, 2, 3) and len(shell.gradients) == 3


def test_negative_values_have_no_mean(tmp_path):
    voxels = VOXELS.copy()
    voxels[0, 0, 0, 9] = -3
    path = saved(tmp_path, voxels=voxels)
    with pytest.raises(StudyError, match="has negative values.*Received: -3") as caught:
        nifti_shells.read(path, b_value=800)
    assert caught.value.code == "negative_values"
    assert nifti_shells.read(path, b_value=400).GetSize() == SHAPE


def test_the_six_directions_spread_evenly():
    assert len(SIX) == 6 and AFFINE.shape == (4, 4)
    directions = VECTORS[2:8]
    np.testing.assert_allclose(directions.T @ directions / 6, np.eye(3) / 3, atol=1e-12)
