"""Channels that are fitted, and sequences that are none."""

import dataclasses

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.canonical.canonicalise import canonicalise
from pipelines.errors import StudyError
from pipelines.readers.volume import Study, Volume
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.steps import Steps
from tests.pipelines.canonical.conftest import build_image, build_task

B_VALUES = {"b50": 50.0, "b400": 400.0, "b800": 800.0}
ADC = Sequence(name="ADC", derive="adc(b50, b400, b800)")
OFF = Sequence(name="off", derive="adc_residual(b50, b400, b800)")


def images(voxels, kind=np.int16, noise=0.0):
    """Diffusion-weighted images of 1e-6 mm2/s that rise along W from 500 to 2500."""
    drawn = np.random.default_rng(0)
    coefficient = np.broadcast_to(np.linspace(500, 2500, voxels.shape[2]), voxels.shape)
    made = {"T2": build_image(voxels)}
    for name, b_value in B_VALUES.items():
        values = 30.0 * voxels * np.exp(-b_value * 1e-6 * coefficient)
        values += noise * drawn.standard_normal(voxels.shape)
        made[name] = build_image(np.where(voxels > 0, values, 0).astype(kind))
    return coefficient, made


def study(made, b_values=B_VALUES):
    return Study(
        study_id="study-7",
        patient_id="patient-3",
        volumes={
            name: Volume(image=image, sequence=name, b_value=b_values.get(name))
            for name, image in made.items()
        },
    )


def task(voxels, *derived, hidden=tuple(B_VALUES), steps=None, optional=()):
    plain = build_task(
        "T2", *B_VALUES, shape=voxels.shape, steps=steps, optional=optional
    )
    sequences = [
        dataclasses.replace(one, channel=one.name not in hidden)
        for one in plain.sequences
    ]
    return dataclasses.replace(plain, sequences=(*sequences, *derived))


def test_a_fit_is_on_the_grid_and_its_sources_need_not_be(voxels):
    coefficient, made = images(voxels)
    found = canonicalise(study(made), task(voxels, ADC))
    assert found.voxels.dtype == np.int16 and found.present == (1, 1)
    np.testing.assert_array_equal(found.voxels[..., 0], voxels)
    inside = found.voxels[..., 1] != found.fill[1]
    assert 0.5 < inside.sum() / (voxels > 0).sum() < 1  # without the dark rim
    error = found.voxels[..., 1][inside] - coefficient[inside]
    assert np.abs(error).max() < 20  # of 500 to 2500, sources rounded to whole numbers


def test_channels_do_not_change_with_what_is_hidden(voxels):
    _, made = images(voxels)
    hidden = canonicalise(study(made), task(voxels, ADC))
    shown = canonicalise(study(made), task(voxels, ADC, hidden=()))
    assert shown.voxels.shape[-1] == 5
    np.testing.assert_array_equal(hidden.voxels, shown.voxels[..., [0, 4]])
    assert hidden.fill == (shown.fill[0], shown.fill[4])


def test_floats_that_are_hidden_leave_whole_numbers(voxels):
    _, made = images(voxels, np.float32)
    assert canonicalise(study(made), task(voxels, ADC)).voxels.dtype == np.int16


def test_the_residual_is_near_0_and_grows_with_noise(voxels):
    residuals = []
    for noise in (0, 100, 400):
        _, made = images(voxels, np.float32, noise)
        found = canonicalise(study(made), task(voxels, OFF))
        inside = found.voxels[..., 1] != found.fill[1]
        residuals.append(float(np.median(found.voxels[..., 1][inside])))
    assert residuals[0] < 1e-6 < residuals[1] < residuals[2] / 2


def test_a_bias_correction_does_not_enter_the_coefficient(voxels):
    _, made = images(voxels)
    plain = canonicalise(study(made), task(voxels, ADC))
    corrected = canonicalise(study(made), task(voxels, ADC, steps=Steps(n4=True)))
    assert (corrected.voxels[..., 0] != plain.voxels[..., 0]).any()
    np.testing.assert_array_equal(corrected.voxels[..., 1], plain.voxels[..., 1])


def test_sources_are_fitted_as_interpolated(voxels):
    """Signals of 4 to 30, between which the grid lies: rounding them would show."""
    _, made = images((voxels > 0).astype(np.int16))
    made["T2"] = build_image(voxels)
    same = {name: sitk.Cast(image, sitk.sitkFloat32) for name, image in made.items()}
    between = task(np.zeros((12, 16, 13)), ADC)
    found = [canonicalise(study(each), between).voxels[..., 1] for each in (made, same)]
    np.testing.assert_array_equal(*found)


def test_the_task_states_what_images_do_not(voxels):
    _, made = images(voxels)
    stated = task(voxels, ADC)
    stated = dataclasses.replace(
        stated,
        sequences=tuple(
            dataclasses.replace(one, b_value=B_VALUES.get(one.name))
            for one in stated.sequences
        ),
    )
    found = canonicalise(study(made, {}), stated)
    known = canonicalise(study(made), task(voxels, ADC))
    np.testing.assert_array_equal(found.voxels, known.voxels)
    with pytest.raises(StudyError) as caught:
        canonicalise(study(made, {}), task(voxels, ADC))
    assert caught.value.code == "no_b_value"


def test_a_required_source_is_missed_although_it_is_no_channel(voxels):
    _, made = images(voxels)
    del made["b400"]
    with pytest.raises(StudyError, match="lacks b400"):
        canonicalise(study(made), task(voxels, ADC))


def test_without_an_optional_source_the_fit_is_absent(voxels):
    _, made = images(voxels)
    del made["b400"]
    found = canonicalise(study(made), task(voxels, ADC, optional=("b400",)))
    assert found.present == (1, 0) and not found.voxels[..., 1].any()


def test_a_study_without_any_channel_is_refused(voxels):
    _, made = images(voxels)
    lacking = {"b50": made["b50"]}
    with pytest.raises(StudyError, match="no channel") as caught:
        canonicalise(study(lacking), task(voxels, ADC, optional=("T2", *B_VALUES)))
    assert caught.value.code == "missing_sequence" and "T2, ADC" in caught.value.cure
