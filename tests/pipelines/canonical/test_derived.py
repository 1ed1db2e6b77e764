import dataclasses

import numpy as np
import pytest

from pipelines.canonical.canonicalise import canonicalise
from pipelines.canonical.derived import Source, derive
from pipelines.errors import StudyError
from pipelines.records.quantisation import quantise
from pipelines.tasks.derivation import parse
from pipelines.tasks.sequence import Sequence
from tests.pipelines.canonical.conftest import build_image, build_study, build_task

A = np.array([[[0, 10, 20, 30, 40]]])
B = np.array([[[5, 10, 25, 0, 10]]])


def made(expression, first=A, second=B, integer=True):
    sources = [Source(voxels=v, fill=0, integer=integer) for v in (first, second)]
    return derive("x", parse(expression), sources)


def test_a_difference_of_zero_is_foreground_and_what_a_source_lacks_is_not():
    found = made("A - B")
    assert found.integer and found.fill == -6
    assert found.voxels.tolist() == [[[-6, 0, -5, -6, 30]]]


def test_a_ratio_leaves_out_divisors_near_zero():
    small = np.array([[[5.0, 10, 25, 0.01, 10]]])
    found = made("A / B", second=small)
    assert not found.integer
    assert found.voxels[0, 0, [1, 2, 4]].tolist() == [1, 0.8, 4]
    assert (found.voxels == found.fill).tolist() == [
        [[True, False, False, True, False]]
    ]
    assert found.fill < 0.8


@pytest.mark.parametrize("second", [A, np.zeros_like(A)], ids=["the same", "apart"])
def test_a_channel_that_shows_nothing_is_refused(second):
    with pytest.raises(StudyError, match="x shows nothing") as caught:
        made("A - B", second=second)
    assert caught.value.code == "empty_derived"


def study_and_task(voxels, kind, **changes):
    noise = np.random.default_rng(0).integers(1, 50, voxels.shape)
    first = voxels + np.where(voxels > 0, noise, 0).astype(voxels.dtype)
    task = build_task("A", "B", shape=voxels.shape, **changes)
    made = Sequence(name="A-B", derive="A - B")
    task = dataclasses.replace(task, sequences=(*task.sequences, made))
    images = {"A": build_image(first.astype(kind)), "B": build_image(voxels)}
    return images, task


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_on_the_grid_it_is_what_the_channels_differ_by(voxels, kind):
    images, task = study_and_task(voxels, kind)
    found = canonicalise(build_study(**images), task)
    inside = (found.voxels[..., 0] != 0) & (found.voxels[..., 1] != 0)
    np.testing.assert_array_equal(found.voxels[..., 2] != found.fill[2], inside)
    difference = found.voxels[..., 0] - found.voxels[..., 1]
    np.testing.assert_allclose(found.voxels[..., 2][inside], difference[inside])
    assert found.voxels.dtype == kind and found.present == (1, 1, 1)


def test_foreground_survives_the_record(voxels):
    images, task = study_and_task(voxels, np.float32)
    found = canonicalise(build_study(**images), task)
    codes = quantise(found.voxels, found.fill)
    np.testing.assert_array_equal(
        codes.codes[..., 2] != codes.fill_code[2], found.voxels[..., 2] != found.fill[2]
    )


def test_without_a_source_the_channel_is_absent(voxels):
    images, task = study_and_task(voxels, np.int16, optional=("B",))
    found = canonicalise(build_study(A=images["A"]), task)
    assert found.present == (1, 0, 0)
    assert not found.voxels[..., 1:].any()


def test_a_derived_image_that_is_given_is_not_taken(voxels):
    images, task = study_and_task(voxels, np.int16)
    given = build_image(voxels * 0 + 7)
    found = canonicalise(build_study(**images, **{"A-B": given}), task)
    plain = canonicalise(build_study(**images), task)
    np.testing.assert_array_equal(found.voxels, plain.voxels)
