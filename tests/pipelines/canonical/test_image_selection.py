import numpy as np
import pytest

from pipelines.canonical.image_selection import reference_name, usable_images
from pipelines.errors import StudyError
from tests.pipelines.canonical.conftest import (
    build_image,
    build_study,
    build_task,
)

SHAPE = (4, 4, 4)


def refused(code, match, function, *arguments):
    with pytest.raises(StudyError, match=match) as caught:
        function(*arguments)
    assert caught.value.code == code
    assert "study-7" not in caught.value.problem + caught.value.cure


def test_images_come_in_the_tasks_order(image):
    task = build_task("T1", "T2", shape=SHAPE)
    images = usable_images(build_study(other=image, T2=image, T1=image), task)
    assert list(images) == ["T1", "T2"]


def test_the_one_volume_of_a_series(image):
    task = build_task("T1", "T2", unit="series", shape=SHAPE)
    images = usable_images(build_study(T2=image), task)
    assert list(images) == ["series"]
    assert reference_name(images, task) == "series"


def test_a_series_is_one_volume(image):
    task = build_task("T1", unit="series", shape=SHAPE)
    study = build_study(T1=image, T2=image)
    refused("one_series", "Received: 2", usable_images, study, task)


def test_missing_sequence(image):
    task = build_task("T1", "T2", "ADC", optional=("ADC",), shape=SHAPE)
    study = build_study(T1=image)
    refused("missing_sequence", "lacks T2", usable_images, study, task)


def test_nothing_of_the_task():
    task = build_task("T1", optional=("T1",), shape=SHAPE)
    assert usable_images(build_study(), task) == {}
    refused("missing_sequence", "none of the task's", reference_name, {}, task)


def test_constant_image():
    flat = build_image(np.full(SHAPE, 3, np.int16))
    task = build_task("T1", shape=SHAPE)
    study = build_study(T1=flat)
    refused("constant_image", "every voxel is 3", usable_images, study, task)


def test_a_constant_optional_image_counts_as_missing(image):
    flat = build_image(np.full(SHAPE, 3, np.int16))
    task = build_task("T1", "T2", optional=("T2",), shape=SHAPE)
    assert list(usable_images(build_study(T1=image, T2=flat), task)) == ["T1"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_voxels(value):
    voxels = np.arange(64, dtype=np.float32).reshape(SHAPE)
    voxels[1, 2, 3] = voxels[0, 0, 0] = value
    task = build_task("T1", shape=SHAPE)
    study = build_study(T1=build_image(voxels))
    refused("nan_voxels", "2 of 64 voxels of T1 are NaN", usable_images, study, task)


def test_the_first_image_is_the_reference_unless_one_is_named(image):
    images = {"T1": image, "T2": image}
    assert reference_name(images, build_task("T1", "T2", shape=SHAPE)) == "T1"
    named = build_task("T1", "T2", shape=SHAPE, reference="T2")
    assert reference_name(images, named) == "T2"
    refused("missing_reference", "lacks T2", reference_name, {"T1": image}, named)
