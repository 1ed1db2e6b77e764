"""A phantom that looks different from every side, and tasks around it."""

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.readers.volume import Study, Volume
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.steps import Steps
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task


def build_voxels(shape=(12, 16, 20)):
    """int16 `[D, H, W]`: three unequal blobs on a background of 0."""
    d, h, w = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    voxels = 600 * np.exp(-4 * ((d + 0.2) ** 2 + h**2 + (w - 0.3) ** 2))
    voxels += 900 * np.exp(-30 * ((d - 0.4) ** 2 + (h - 0.4) ** 2 + (w + 0.2) ** 2))
    voxels += 300 * np.exp(-20 * ((d + 0.3) ** 2 + (h + 0.5) ** 2 + (w - 0.5) ** 2))
    voxels[d**2 + h**2 + w**2 > 0.9] = 0
    return voxels.astype(np.int16)


def build_image(voxels, spacing=(1.5, 2.0, 4.0), origin=(-15.0, 12.0, 30.0), turn=None):
    """An image from `[D, H, W]`; `turn` = Euler angles in radians."""
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing(spacing)
    image.SetOrigin(origin)
    if turn is not None:
        image.SetDirection(sitk.Euler3DTransform((0, 0, 0), *turn).GetMatrix())
    return image


def build_task(*names, steps=None, unit="study", optional=(), **grid):
    return Task(
        name="phantom",
        unit=unit,
        sequences=tuple(Sequence(name=n, required=n not in optional) for n in names),
        target=Target(classes=("no", "yes")),
        grid=Grid(**grid),
        steps=steps or Steps(),
    )


def build_study(mask=None, **images):
    return Study(
        study_id="study-7",
        patient_id="patient-3",
        volumes={n: Volume(image=i, sequence=n) for n, i in images.items()},
        mask=mask,
    )


@pytest.fixture
def voxels():
    return build_voxels()


@pytest.fixture
def image(voxels):
    return build_image(voxels)
