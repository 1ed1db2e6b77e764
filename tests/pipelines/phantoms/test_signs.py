import dataclasses

import numpy as np
import pytest
import SimpleITK as sitk
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipelines.canonical.canonicalise import canonicalise
from pipelines.phantoms import signs
from pipelines.phantoms.examination import patient
from pipelines.phantoms.plan import Plan
from pipelines.readers.volume import Study
from pipelines.tasks.task import load

_SMALL = {"slices": (8, 11), "matrix": (40, 52)}
_PATIENTS = 200
_CHANCE = 0.125  # three standard errors of an AUC from 100 against 100


def _volumes(sign):
    """Volumes with their row spacing in mm, and labels, of a small cohort."""
    plan = Plan(patients=_PATIENTS, sign=sign, seed=3, **_SMALL)
    drawn = [patient(plan, index, distractors=False) for index in range(_PATIENTS)]
    images = [one.volumes["T2WI"].image for one in drawn]
    volumes = [
        (sitk.GetArrayFromImage(image), image.GetSpacing()[1]) for image in images
    ]
    return volumes, np.array([one.label for one in drawn])


@pytest.fixture(scope="module")
def texture():
    return _volumes("texture")


@pytest.fixture(scope="module")
def through_plane():
    return _volumes("through_plane")


def _learned_auc(features, labels):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    scores = cross_val_predict(
        model, np.array(features), labels, cv=10, method="decision_function"
    )
    return roc_auc_score(labels, scores)


def _brightness(volume):
    """Mean, spread and percentiles of the body against its median, and the median."""
    body = volume[volume > 0.25 * np.percentile(volume, 90)]
    median = np.median(body)
    levels = np.percentile(body, (1, 5, 10, 25, 75, 90, 95, 99)) / median
    return [body.mean() / median, body.std() / median, np.log(median), *levels]


def _unevenness(volume, row_mm):
    """How much brightness varies on a circle where a ring would be bright all over."""
    slices, rows, columns = volume.shape
    y, x = np.mgrid[:rows, :columns]
    x = (x - (columns - 1) / 2) * row_mm
    y = (y - (rows - 1) / 2) * row_mm + 14
    middle = volume[slices // 3 : -(slices // 3)]
    circles = [
        middle[:, np.abs(np.hypot(x - place, y) - 28) < 5] for place in (-62, 62)
    ]
    return float(np.mean([circle.std() / circle.mean() for circle in circles]))


def _bands(volume, row_mm):
    """Complex amplitude of bands 60 mm apart in each slice, `[D]`."""
    _, rows, columns = volume.shape
    profile = volume[:, :, int(columns * 0.35) : int(columns * 0.65)].mean(axis=2)
    distance = (np.arange(rows) - (rows - 1) / 2) * row_mm
    inside = np.abs(distance) < 60
    wave = np.exp(-2j * np.pi * distance / 60) * inside
    return (profile - profile[:, inside].mean(axis=1, keepdims=True)) @ wave


def _drift(volume, row_mm):
    """How the bands move from slice to slice: positive to the back."""
    amplitude = _bands(volume, row_mm)
    amplitude = amplitude - amplitude.mean()  # what stands still is anatomy
    return -np.imag((amplitude[1:] * amplitude[:-1].conj()).sum())


def test_ring_and_solid_have_one_histogram():
    sign = signs.draw_texture(np.random.default_rng(0), 0)
    points = np.stack(
        np.meshgrid(
            np.arange(-120.0, 120, 1.5), np.arange(-90.0, 60, 1.5), 0.0, indexing="ij"
        )
    )
    lesion, ring = signs.pattern(sign, points)
    other_lesion, solid = signs.pattern(dataclasses.replace(sign, label=1), points)
    assert np.array_equal(lesion, other_lesion)
    assert lesion.mean() > 0.2
    assert ring[lesion].mean() == pytest.approx(solid[lesion].mean(), abs=0.01)
    assert ring[lesion].std() == pytest.approx(solid[lesion].std(), abs=0.01)
    quantiles = np.linspace(0, 1, 21)
    gap = np.quantile(ring[lesion], quantiles) - np.quantile(solid[lesion], quantiles)
    assert np.sort(np.abs(gap))[-2] < 0.05  # one quantile lies on the step
    assert np.corrcoef(ring[lesion], solid[lesion])[0, 1] < 0.6


def test_blurring_keeps_the_histogram_of_both_classes_alike():
    sign = signs.draw_texture(np.random.default_rng(4), 0)
    points = np.stack(
        np.meshgrid(np.arange(-120.0, 120), np.arange(-90.0, 60), 0.0, indexing="ij")
    )
    spreads = []
    for label in (0, 1):
        _, value = signs.pattern(dataclasses.replace(sign, label=label), points)
        blurred = sitk.SmoothingRecursiveGaussian(
            sitk.GetImageFromArray(value[:, :, 0]), 3.5
        )
        lesion = signs.pattern(sign, points)[0][:, :, 0]
        spreads.append(np.percentile(sitk.GetArrayFromImage(blurred)[lesion], (5, 95)))
    assert np.allclose(*spreads, atol=0.1)


def test_exchanging_head_and_feet_exchanges_the_classes():
    sign = signs.draw_through_plane(np.random.default_rng(1), 0)
    column = sign.columns[0]
    x, y, z = column.centre_mm
    mirrored = signs.Sign(
        label=1,
        bands=sign.bands,
        columns=(
            dataclasses.replace(
                column,
                centre_mm=(x, y, -z),
                lean=(-column.lean[0], -column.lean[1]),
            ),
        ),
    )
    points = np.random.default_rng(2).uniform(-80, 80, (3, 4, 5, 6)).astype(np.float32)
    turned = points * np.array([1, 1, -1], np.float32)[:, None, None, None]
    for one, other in zip(signs.pattern(sign, points), signs.pattern(mirrored, turned)):
        assert np.allclose(one, other, atol=1e-5)


def test_a_ring_drifts_backwards_towards_the_head():
    sign = signs.draw_through_plane(np.random.default_rng(3), 0)
    y = np.arange(-30.0, 20, 0.5, dtype=np.float32)
    lower, upper = (
        signs.pattern(sign, np.stack([0 * y, y, 0 * y + z])[:, None, None])[1].ravel()
        for z in (0.0, 5.0)
    )
    shift = int(5 / sign.bands.period_mm * sign.bands.length_mm / 0.5)
    backwards = np.abs(upper[shift:] - lower[:-shift]).mean()
    forwards = np.abs(upper[:-shift] - lower[shift:]).mean()
    assert backwards < 0.3 * forwards


def test_brightness_does_not_tell_the_texture_sign(texture):
    volumes, labels = texture
    auc = _learned_auc([_brightness(volume) for volume, _ in volumes], labels)
    assert abs(auc - 0.5) < _CHANCE


def test_shape_in_single_slices_tells_the_texture_sign(texture):
    volumes, labels = texture
    scores = [_unevenness(*volume) for volume in volumes]
    assert roc_auc_score(labels, scores) > 0.95


def test_brightness_does_not_tell_the_through_plane_sign(through_plane):
    volumes, labels = through_plane
    auc = _learned_auc([_brightness(volume) for volume, _ in volumes], labels)
    assert abs(auc - 0.5) < _CHANCE


def test_slices_without_their_order_do_not_tell_the_through_plane_sign(through_plane):
    volumes, labels = through_plane
    features = []
    for volume, row_mm in volumes:
        amplitude = _bands(volume / volume.mean(), row_mm)
        single = np.stack(
            [
                amplitude.real,
                amplitude.imag,
                np.abs(amplitude),
                np.cos(2 * np.angle(amplitude)),
                np.sin(2 * np.angle(amplitude)),
                volume.std(axis=(1, 2)) / volume.mean(),
            ]
        )
        features.append([*single.mean(axis=1), *single.std(axis=1)])
    assert abs(_learned_auc(features, labels) - 0.5) < _CHANCE


def test_the_order_of_slices_tells_the_through_plane_sign(through_plane):
    volumes, labels = through_plane
    scores = [-_drift(*volume) for volume in volumes]  # solid, class 1, drifts forwards
    assert roc_auc_score(labels, scores) > 0.98


def _resized(sign, patients):
    """Volumes `[16, 96, 96]` as a record of the shipped task holds them."""
    plan = Plan(patients=patients, sign=sign, seed=5)
    volumes, labels = [], []
    for index in range(patients):
        one = patient(plan, index, distractors=False)
        study = Study(study_id="", patient_id="", volumes=one.volumes)
        grid = canonicalise(study, load("phantom"))
        row_mm = float(np.linalg.norm(grid.affine[:3, 1]))
        volumes.append((grid.voxels[..., 0].astype(np.float32), row_mm))
        labels.append(one.label)
    return volumes, np.array(labels)


@pytest.mark.slow
def test_brightness_does_not_tell_the_texture_sign_after_resizing():
    volumes, labels = _resized("texture", _PATIENTS)
    auc = _learned_auc([_brightness(volume) for volume, _ in volumes], labels)
    assert abs(auc - 0.5) < _CHANCE


def test_both_signs_outlive_resizing():
    volumes, labels = _resized("texture", 16)
    scores = [_unevenness(*volume) for volume in volumes]
    assert roc_auc_score(labels, scores) > 0.9
    volumes, labels = _resized("through_plane", 16)
    assert roc_auc_score(labels, [-_drift(*volume) for volume in volumes]) == 1
