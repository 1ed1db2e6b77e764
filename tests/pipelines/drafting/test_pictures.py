"""One picture of each kind, as a radiologist views it."""

import nibabel
import numpy as np
import pytest

from pipelines.drafting import pictures
from pipelines.readers.nifti_table import TableRow
from tests.pipelines.readers import nifti_diffusion


def volume(folder, name, affine):
    """4 x 6 x 3 voxels; a bright one at the ends of i and j, in the middle slice."""
    voxels = np.zeros((4, 6, 3), np.int16)
    voxels[3, 5, 1] = 100
    path = folder / f"{name}.nii.gz"
    nibabel.save(nibabel.Nifti1Image(voxels, affine), path)
    return TableRow(patient_id="P", study_id="S", sequence=name, path=str(path), line=2)


@pytest.mark.parametrize("x, column", [(2.0, 0), (-2.0, 3)], ids=["right", "left"])
def test_front_is_up_and_the_right_of_the_patient_on_the_left(tmp_path, x, column):
    row = volume(tmp_path, "T2", np.diag([x, 3.0, 5.0, 1.0]))  # RAS
    (picture,) = pictures.of_rows([row])
    assert picture.pixels.shape == (6, 4) and picture.aspect == 1.5
    assert np.argwhere(picture.pixels == 100).tolist() == [[0, column]]
    assert picture.caption == "T2\naxial, 3 slices"


def test_a_file_that_is_missing_gives_way_to_the_next(tmp_path):
    there = volume(tmp_path, "T2", np.diag([2.0, 3.0, 5.0, 1.0]))
    gone = TableRow(
        patient_id="P", study_id="R", sequence="T2", path="nosuch.nii", line=3
    )
    assert len(pictures.of_rows([gone, there])) == 1
    assert pictures.of_rows([gone]) == []


def test_a_shell_is_shown_by_its_mean(tmp_path):
    tensors = nifti_diffusion.tensors(shape=(4, 6, 3))
    path = tmp_path / "dwi.nii.gz"
    nifti_diffusion.write(path, nifti_diffusion.signals(tensors))
    same = {"patient_id": "P", "study_id": "S", "path": str(path), "line": 2}
    rows = [
        TableRow(sequence="low", b_value=0.0, **same),
        TableRow(sequence="one of 400", frame=2, **same),
        TableRow(sequence="high", b_value=400.0, **same),
    ]
    low, frame, high = (picture.pixels for picture in pictures.of_rows(rows))
    decay = np.exp(-400 * np.trace(tensors[:, :, 1], axis1=-2, axis2=-1) / 3)
    np.testing.assert_allclose(high / low, decay.T[::-1, ::-1], rtol=1e-5)
    assert np.abs(frame / high - 1).max() > 0.05
