import glob
import itertools
import math

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.canonical.canonicalise import Canonical, canonicalise
from pipelines.errors import StudyError
from pipelines.readers import medmnist, nifti
from pipelines.tasks.steps import Steps
from tests.pipelines.canonical.conftest import (
    build_image,
    build_study,
    build_task,
    build_voxels,
)

STEPS = Steps(background_crop=True)
ORIENTATIONS = [
    [[axis, flip] for axis, flip in zip(order, flips)]
    for order in itertools.permutations(range(3))
    for flips in itertools.product((1, -1), repeat=3)
]


def write_nifti(path, seed, turn, orientation):
    """The phantom as NIfTI, its axes permuted and reversed as `orientation` says."""
    noise = np.random.default_rng(seed).integers(0, 40, (20, 16, 12))
    affine = np.eye(4)
    rotation = sitk.Euler3DTransform((0, 0, 0), *turn).GetMatrix()
    affine[:3, :3] = np.reshape(rotation, (3, 3)) * (1.5, 2, 4)
    affine[:3, 3] = 11.3, -17.7, 5.1
    voxels = (build_voxels().T + noise).astype(np.int16)
    file = nibabel.Nifti1Image(voxels, affine).as_reoriented(np.array(orientation))
    nibabel.save(file, path)
    return nifti.read_image(path)


def by_orientation(tmp_path, orientation, task):
    first = write_nifti(tmp_path / "a.nii", 0, (0.1, -0.05, 0.2), orientation)
    other = write_nifti(tmp_path / "b.nii", 1, (0.2, 0.1, -0.1), orientation[::-1])
    return canonicalise(build_study(T1=first, T2=other), task)


@pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
def test_all_48_orientations_are_one(tmp_path, plane):
    task = build_task("T1", "T2", orientation=plane, shape=(9, 10, 11), steps=STEPS)
    first = by_orientation(tmp_path, ORIENTATIONS[0], task)
    assert len(np.unique(first.voxels)) > 100
    assert len(ORIENTATIONS) == 48
    for orientation in ORIENTATIONS[1:]:
        found = by_orientation(tmp_path, orientation, task)
        np.testing.assert_array_equal(found.voxels[..., 0], first.voxels[..., 0])
        np.testing.assert_allclose(
            found.voxels[..., 1], first.voxels[..., 1], atol=1
        )  # float32 headers move the second image by less than 1 um
        np.testing.assert_allclose(found.affine, first.affine, atol=1e-3)


@pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
@pytest.mark.parametrize("fit", ["resize", "crop_or_pad"])
def test_a_marked_voxel_lands_where_the_affine_says(plane, fit):
    """A Gaussian mark at known LPS millimetres keeps its centre of mass."""
    image = build_image(np.zeros((14, 40, 40), np.float32), turn=(0.2, 0.1, -0.3))
    mark_mm = np.array(image.TransformContinuousIndexToPhysicalPoint((18.3, 22.1, 7.4)))
    index = np.indices((14, 40, 40)).reshape(3, -1)[::-1]
    rotation = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    points = rotation @ index + np.array(image.GetOrigin())[:, np.newaxis]
    squared = ((points - mark_mm[:, np.newaxis]) ** 2).sum(axis=0)
    values = (1000 * np.exp(-squared / 2 / 5**2)).astype(np.float32)
    marked = sitk.GetImageFromArray(values.reshape(14, 40, 40))
    marked.CopyInformation(image)
    spacing = (3.0, 2.5, 2.0) if fit == "crop_or_pad" else None
    task = build_task(
        "T1", orientation=plane, fit=fit, spacing_mm=spacing, shape=(25, 26, 27)
    )
    found = canonicalise(build_study(T1=marked), task)
    weight = found.voxels[..., 0].astype(np.float64)
    weight[weight < 1] = 0
    centre = [(axis * weight).sum() / weight.sum() for axis in np.indices(weight.shape)]
    where = found.affine @ (*centre, 1)
    np.testing.assert_allclose(where[:3], mark_mm, atol=0.1)


@pytest.mark.parametrize("shape", [(8, 10, 12), (28, 28, 28)])
def test_medmnist_passes_unchanged(shape):
    volume = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    found = canonicalise(
        build_study(shape=medmnist.image(volume)), build_task("shape", shape=shape)
    )
    assert found.voxels.dtype == np.int16
    np.testing.assert_array_equal(found.voxels[..., 0], volume)
    np.testing.assert_array_equal(found.affine, np.eye(4)[[2, 1, 0, 3]])


def test_same_spacing_only_crops_and_pads(voxels, image):
    task = build_task(
        "T1", fit="crop_or_pad", spacing_mm=(4, 2, 1.5), shape=(15, 9, 20)
    )
    found = canonicalise(build_study(T1=image), task).voxels[..., 0]
    expected = np.pad(voxels, ((2, 1), (0, 0), (0, 0)))[:, 3:12]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (np.uint8, np.int16),
        (np.int16, np.int16),
        (np.uint16, np.int16),
        (np.int32, np.int16),
        (np.float32, np.float32),
        (np.float64, np.float32),
    ],
)
def test_type_follows_the_values(voxels, kind, expected):
    source = (voxels // 8).astype(kind)
    task = build_task("T1", shape=(12, 16, 20))
    found = canonicalise(build_study(T1=build_image(source)), task)
    assert found.voxels.dtype == expected
    np.testing.assert_array_equal(found.voxels[..., 0], source)


def test_large_integers_are_int32_and_exact(voxels):
    source = voxels.astype(np.int32) + 2**29 + 1
    task = build_task("T1", shape=(12, 16, 20))
    found = canonicalise(build_study(T1=build_image(source)), task)
    assert found.voxels.dtype == np.int32
    np.testing.assert_array_equal(found.voxels[..., 0], source)


def test_integers_are_rounded_by_half_a_unit_at_most(voxels):
    task = build_task("T1", shape=(7, 9, 31))
    whole = canonicalise(build_study(T1=build_image(voxels)), task).voxels
    exact = canonicalise(
        build_study(T1=build_image(voxels.astype(np.float32))), task
    ).voxels
    assert whole.dtype == np.int16
    assert np.abs(whole - exact).max() <= 0.501


def test_a_float_channel_makes_the_record_float(voxels):
    study = build_study(
        T1=build_image(voxels), ADC=build_image(voxels.astype(np.float32) / 7)
    )
    found = canonicalise(study, build_task("T1", "ADC", shape=(12, 16, 20)))
    assert found.voxels.dtype == np.float32
    np.testing.assert_array_equal(found.voxels[..., 0], voxels)


def test_missing_sequence_is_a_channel_of_fill(image):
    task = build_task("T1", "T2", optional=("T1",), shape=(6, 8, 10))
    found = canonicalise(build_study(T2=image), task)
    assert found.present == (0, 1)
    assert not found.voxels[..., 0].any()
    assert found.voxels[..., 1].any()


def test_outside_the_field_of_view_is_the_fill_value(voxels):
    image = build_image((voxels - 100).astype(np.int16))
    task = build_task("T1", fit="crop_or_pad", spacing_mm=(4, 4, 4), shape=(20, 12, 12))
    found = canonicalise(build_study(T1=image), task)
    assert found.fill == (-100.0,)
    assert np.all(found.voxels[:3] == -100) and np.all(found.voxels[-3:] == -100)


def test_sequences_of_other_matrices_are_aligned():
    """One ball, sampled by two images of other spacing, extent and direction."""
    centre = np.array([4.0, -6.0, 9.0])

    def ball(size, spacing, origin, turn):
        image = build_image(np.zeros(size[::-1], np.float32), spacing, origin, turn)
        index = np.indices(size[::-1]).reshape(3, -1)[::-1]
        matrix = np.array(image.GetDirection()).reshape(3, 3) * spacing
        points = (matrix @ index).T + origin
        near = np.linalg.norm(points - centre, axis=1) < 16
        array = (near * 500).astype(np.int16).reshape(size[::-1])
        return build_image(array, spacing, origin, turn)

    study = build_study(
        T1=ball((40, 40, 14), (2.0, 2.0, 4.0), (-35, -45, -20), (0, 0, 0)),
        T2=ball((64, 50, 20), (1.3, 1.5, 3.0), (-35, -35, -25), (0.15, 0.1, -0.2)),
    )
    found = canonicalise(study, build_task("T1", "T2", shape=(14, 40, 40))).voxels > 250
    overlap = 2 * (found[..., 0] & found[..., 1]).sum() / found.sum()
    assert overlap > 0.93
    middles = [np.argwhere(found[..., c]).mean(axis=0) for c in range(2)]
    np.testing.assert_allclose(*middles, atol=0.2)


def test_background_crop_and_resize_fill_the_grid(voxels, image):
    task = build_task("T1", shape=(10, 10, 10), steps=STEPS)
    whole = canonicalise(build_study(T1=image), build_task("T1", shape=(10, 10, 10)))
    cropped = canonicalise(build_study(T1=image), task)
    sizes = [np.linalg.norm(c.affine[:3, :3], axis=0) for c in (cropped, whole)]
    assert np.all(sizes[0] < sizes[1])
    assert np.mean(cropped.voxels > 50) > np.mean(whole.voxels > 50)


def test_all_steps_give_the_same_bytes_on_any_threads(voxels):
    random = np.random.default_rng(0)
    images = {
        name: build_image((voxels + random.integers(0, 30, voxels.shape)), turn=turn)
        for name, turn in [("T1", (0, 0, 0)), ("T2", (0.02, 0.03, 0.01))]
    }
    steps = Steps(n4=True, registration="rigid", background_crop=True)
    task = build_task("T1", "T2", shape=(8, 12, 12), steps=steps)
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    found = []
    try:
        for threads in (1, 4):
            sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(threads)
            found.append(canonicalise(build_study(**images), task))
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
    assert found[0].voxels.dtype == np.int16
    assert found[0].voxels.tobytes() == found[1].voxels.tobytes()
    assert found[0].affine.tobytes() == found[1].affine.tobytes()


def test_registration_brings_a_moved_sequence_back():
    voxels = build_voxels((16, 24, 28))
    fixed = build_image(voxels, (2, 2, 3), (-27, -23, -22))
    motion = sitk.Euler3DTransform((0, 0, 0), 0, 0, math.radians(4), (2, -2, 1))
    moving = sitk.Resample(fixed, fixed, motion.GetInverse(), sitk.sitkLinear, 0)
    study = build_study(T1=fixed, T2=moving)
    errors = []
    for registration in ("none", "rigid"):
        steps = Steps(registration=registration)
        task = build_task("T1", "T2", shape=(16, 24, 28), steps=steps)
        found = canonicalise(study, task).voxels.astype(float)
        errors.append(np.abs(found[..., 0] - found[..., 1]).mean())
    assert errors[1] < 0.4 * errors[0]


def test_a_mask_goes_along(voxels, image):
    mask = build_image((voxels > 500).astype(np.uint8))
    task = build_task("T1", shape=(12, 16, 20))
    found = canonicalise(build_study(mask=mask, T1=image), task)
    assert found.mask.dtype == np.uint8
    np.testing.assert_array_equal(found.mask, voxels > 500)
    assert canonicalise(build_study(T1=image), task).mask is None


def test_by_series_any_name_is_the_channel(image):
    task = build_task("T1", "T2", unit="series", shape=(6, 8, 10))
    found = canonicalise(build_study(T2=image), task)
    assert found.voxels.shape == (6, 8, 10, 1)
    assert found.present == (1,)


def test_a_sequence_elsewhere(voxels, image):
    far = build_image(voxels, origin=(500, 0, 0))
    task = build_task("T1", "T2", shape=(6, 8, 10))
    with pytest.raises(StudyError, match="nothing of T2 lies in the grid") as caught:
        canonicalise(build_study(T1=image, T2=far), task)
    assert caught.value.code == "no_overlap"


GOOD = {
    "voxels": np.zeros((2, 3, 4, 1), np.int16),
    "fill": (0.0,),
    "present": (1,),
    "affine": np.eye(4),
}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"voxels": np.zeros((2, 3, 1), np.int16)}, r"voxels are \[D, H, W, C\]"),
        ({"fill": (0.0, 0.0)}, "a fill and a present for each channel"),
        ({"present": ()}, "a fill and a present for each channel"),
        ({"voxels": np.zeros((2, 3, 4, 1))}, "Received: float64"),
        ({"affine": np.eye(3)}, r"affine is \[4, 4\]. Received: \(3, 3\)"),
    ],
)
def test_canonical_checks_itself(change, match):
    with pytest.raises(ValueError, match=match):
        Canonical(**GOOD | change)


def test_tcga_sequences_lie_on_one_another(shared_data):
    found = glob.glob(str(shared_data / "tcga-fg-6692" / "*" / "*.nii.gz"))
    if not found:
        pytest.skip("no tcga-fg-6692 folder in the real data")
    ends = {"T1": "se2d1_t1", "T1C": "t1c", "T2": "_t2", "FLAIR": "fla"}
    images = {
        name: nifti.read_image(next(f for f in found if f.endswith(f"{end}.nii.gz")))
        for name, end in ends.items()
    }
    assert len({image.GetSize() for image in images.values()}) == 3
    task = build_task(*ends, reference="T1C", shape=(26, 64, 64), steps=STEPS)
    head = canonicalise(build_study(**images), task).voxels
    # Where the slices of all four lie, skin to skin.
    heads = [
        head[8:18, ..., c] > 0.25 * np.median(head[8:18, 24:40, 24:40, c])
        for c in range(4)
    ]
    for other in heads:
        overlap = 2 * (heads[1] & other).sum() / (heads[1].sum() + other.sum())
        assert overlap > 0.9
