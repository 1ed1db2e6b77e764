"""The geometric mean over directions."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import stats

from pipelines.errors import StudyError
from pipelines.readers.dicom import scan
from tests.pipelines.readers.dicom_files import phantom, write_stack

AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def three_directions(folder, volumes, **tags):
    """A series of three directions, as `pipelines.cohort.trace` makes it."""
    for number, (volume, axis) in enumerate(zip(volumes, AXES)):
        write_stack(
            folder,
            volume,
            name=f"d{number}-",
            DiffusionBValue=800.0,
            DiffusionDirectionality="DIRECTIONAL",
            DiffusionGradientOrientation=list(axis),
            **tags,
        )
    parts = scan.scan(folder).series
    assert [part.part for part in parts] == ["dir=1", "dir=2", "dir=3"]
    return replace(parts[0], part="dir=trace-of-3", directions=parts)


def test_the_mean_in_double_precision(tmp_path):
    volumes = [phantom(seed=seed) + np.uint16(40000) for seed in (3, 4, 5)]
    image = scan.read_image(three_directions(tmp_path, volumes))
    assert image.GetPixelID() == sitk.sitkFloat32
    wanted = stats.gmean(np.array(volumes, dtype=np.float64), axis=0)
    np.testing.assert_allclose(sitk.GetArrayFromImage(image), wanted, rtol=1e-7)
    first = scan.read_image(scan.scan(tmp_path).series[0])
    assert image.GetOrigin() == first.GetOrigin()
    assert image.GetDirection() == first.GetDirection()
    assert image.GetSpacing() == first.GetSpacing()


def test_0_in_one_direction_is_0(tmp_path):
    volumes = [phantom(seed=seed) for seed in (3, 4, 5)]
    image = scan.read_image(three_directions(tmp_path, volumes))
    values = sitk.GetArrayFromImage(image)
    zero = np.min(volumes, axis=0) == 0
    assert zero.sum() == 3 and not values[zero].any() and values[~zero].all()


def test_negative_values_have_no_mean(tmp_path):
    series = three_directions(
        tmp_path, [phantom(seed=seed) for seed in (3, 4, 5)], RescaleIntercept=-7
    )
    with pytest.raises(StudyError, match="negative values.*Received: -7") as caught:
        scan.read_image(series)
    assert caught.value.code == "negative_values"


def test_a_direction_that_lacks_a_slice(tmp_path):
    volumes = [phantom(seed=3), phantom(seed=4), phantom(seed=5)[:4]]
    series = three_directions(tmp_path, volumes)
    with pytest.raises(StudyError, match="dir=1 has 4 slices, dir=2 5,") as caught:
        scan.read_image(series)
    assert caught.value.code == "uneven_directions"
