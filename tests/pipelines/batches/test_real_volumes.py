"""Real studies: as a record and as a served volume they are normalised alike."""

import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches.normalisation import normalise, normalised, stored
from pipelines.canonical.canonicalise import canonicalise
from pipelines.readers import nifti
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.volume import Study, Volume
from pipelines.records.decode import parser
from pipelines.records.encode import encode
from tests.pipelines.records.small import sample, task, without_statistics

SHAPE = (12, 64, 64)
KINDS = ("zscore", "percentile", "equalise", "none")


def cardiac(shared_data):
    """ED and ES of a few patients of ACDC; resampled, most of them are quantised."""
    for patient in sorted((shared_data / "acdc").glob("patient*"))[:8]:
        yield {
            time: nifti.read_image(str(patient / f"{time}.nii.gz"))
            for time in ("ED", "ES")
        }


def glioma(shared_data):
    """The four sequences of one patient."""
    paths = (shared_data / "tcga-fg-6692").glob("*/*.nii.gz")
    yield {path.name: nifti.read_image(str(path)) for path in sorted(paths)}


def prostate(shared_data):
    """Each series of one study."""
    for series in scan_dicom.scan(shared_data / "prostatex").series:
        yield {"series": scan_dicom.read_image(series)}


@pytest.mark.parametrize("studies", [cardiac, glioma, prostate])
def test_record_and_served_volume_are_the_same(shared_data, studies):
    count = 0
    for images in studies(shared_data):
        names = tuple(images)
        assert len(names) == {cardiac: 2, glioma: 4, prostate: 1}[studies]
        volumes = {
            name: Volume(image=image, sequence=name, plane="axial")
            for name, image in images.items()
        }
        small = task(channels=names, shape=SHAPE)
        study = Study(study_id="", patient_id="", volumes=volumes)
        record = encode(sample(canonical=canonicalise(study, small)), small).record
        fields = parser(small, require_target=True)(record)
        before = parser(small, require_target=True)(without_statistics(record))
        served = fields["volume"]
        for kind in KINDS:
            of_record = normalised(stored(fields, range(len(names)), kind), kind)
            computed = normalised(stored(before, range(len(names)), kind), kind)
            of_volume = normalise(served, served != fields["fill"], kind)
            np.testing.assert_array_equal(of_record, computed)
            np.testing.assert_array_equal(of_record, of_volume)
            assert tf.reduce_any(of_record != 0)
        count += 1
    assert count == {cardiac: 8, glioma: 1, prostate: 9}[studies]
