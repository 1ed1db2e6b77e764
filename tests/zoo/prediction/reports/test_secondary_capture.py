import numpy as np
import pydicom
import pytest
from pydicom.uid import SecondaryCaptureImageStorage

from tests.zoo.prediction.reports import phantom_studies, validators
from tests.zoo.prediction.reports.test_structured_report import made
from zoo.prediction.reports import source_study, wording
from zoo.prediction.reports.secondary_capture import secondary_capture


@pytest.fixture(scope="module")
def written(study, tmp_path_factory):
    directory, task = study
    source = source_study.read(phantom_studies.record(directory, task).series)
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    path = tmp_path_factory.mktemp("picture") / "picture.dcm"
    secondary_capture(pixels, source, made()).save_as(path, enforce_file_format=True)
    return path, pixels, source


def test_the_pixels_are_those_of_the_picture(written):
    path, pixels, _ = written
    image = pydicom.dcmread(path)
    assert image.SOPClassUID == SecondaryCaptureImageStorage
    assert image.PhotometricInterpretation == "RGB" and image.BitsStored == 8
    np.testing.assert_array_equal(image.pixel_array, pixels)


def test_it_belongs_to_the_study_and_says_its_use(written, study):
    path, _, source = written
    image = pydicom.dcmread(path)
    original = pydicom.dcmread(phantom_studies.files(study[0])[0])
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "AccessionNumber"):
        assert image[keyword].value == original[keyword].value
    assert image.ImageComments == wording.STATEMENT
    assert image.SeriesDescription == (
        "Research use only: network picture, phantom (cnn3d)"
    )
    assert (image.SeriesDate, image.SeriesTime) == ("20260102", "030405")
    assert image.BurnedInAnnotation == "NO"
    sources = {item.ReferencedSOPInstanceUID for item in image.SourceImageSequence}
    assert sources == {used.header.SOPInstanceUID for used in source.every_image}


def test_others_find_nothing_wrong(written):
    assert not validators.errors(written[0])
