"""A phantom study, a run that answers it, and a page that serves the run."""

import dataclasses
import uuid

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.tasks import task as tasks
from tests.zoo.prediction import networks
from tests.zoo.prediction.reports import phantom_studies
from tests.zoo.serving import exported
from tests.zoo.serving.page import browsers, pages
from zoo.serving.page import api

PLAN = Plan(patients=2, sequences=("T2WI", "T1WI"), slices=(8, 9), matrix=(24, 28))


@pytest.fixture(scope="package", autouse=True)
def own_folders():
    """Folders of uploads have a name of their own, whatever else this machine runs."""
    before = api.FOLDERS
    api.FOLDERS = f"{before}{uuid.uuid4().hex[:8]}-"
    yield
    api.FOLDERS = before


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """Two phantoms, T2WI and T1WI each."""
    return cohort.write(tmp_path_factory.mktemp("page-source") / "cohort", plan=PLAN)


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """The directory of one patient, and a task of it, as the tests of reports have."""
    return phantom_studies.write(tmp_path_factory.mktemp("page-study") / "cohort")


@pytest.fixture(scope="session")
def task(source):
    whole = tasks.load(str(source / "task.toml"))
    optional = (
        dataclasses.replace(one, required=one.name == "T2WI") for one in whole.sequences
    )
    return dataclasses.replace(
        whole,
        grid=dataclasses.replace(whole.grid, shape=(8, 12, 16)),
        sequences=tuple(optional),
        target=dataclasses.replace(whole.target, classes=("Größe <b>", "实性")),
    )


@pytest.fixture(scope="session")
def run(task, tmp_path_factory):
    """The run behind the model `small`; its class names are German and Chinese."""
    return networks.run(
        tmp_path_factory.mktemp("page-run") / "run",
        task=task,
        recipe=dataclasses.replace(networks.TURNED, sequences=("T1WI", "T2WI")),
    )


@pytest.fixture(scope="session")
def models(run, tmp_path_factory):
    root = tmp_path_factory.mktemp("page-root") / "saved_models"
    exported.written(run.path, root, name="small")
    return pages.served(root, "small")


@pytest.fixture(scope="session")
def port(models):
    with pages.page_port(models) as port:
        yield port


@pytest.fixture(scope="module")
def browser():
    with browsers.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def patient(source):
    """The folder of the first patient."""
    return sorted(path for path in (source / "dicom").iterdir() if path.is_dir())[0]


@pytest.fixture(scope="session")
def nifti(patient, tmp_path_factory):
    """Its axial sequences as NIfTI files, by sequence."""
    folder = tmp_path_factory.mktemp("page-nifti")
    paths = {}
    for series in scan_dicom.scan(patient).series:
        name = next((n for n in ("T2", "T1") if n in series.description.upper()), None)
        if name and series.plane == "axial":
            path = folder / f"visit_{name.lower()}_tra.nii.gz"
            sitk.WriteImage(scan_dicom.read_image(series), str(path))
            paths[f"{name}WI"] = path
    return paths


@pytest.fixture
def region(nifti, tmp_path):
    """A mask on the grid of the T2WI."""
    image = nibabel.load(nifti["T2WI"])
    voxels = np.zeros(image.shape, np.uint8)
    voxels[5:15, 6:18, 2:6] = 1
    path = tmp_path / "roi.nii.gz"
    nibabel.save(nibabel.Nifti1Image(voxels, image.affine), path)
    return path
