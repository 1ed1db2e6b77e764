import shutil

import pydicom
import pytest

from pipelines.errors import StudyError
from tests.zoo.prediction.reports import phantom_studies
from zoo.prediction.reports import source_study


def read(directory, task):
    return source_study.read(phantom_studies.record(directory, task).series)


def test_every_image_that_was_used_and_no_other(study):
    directory, task = study
    source = read(directory, task)
    images = [pydicom.dcmread(path) for path in phantom_studies.files(directory)]
    used = [image for image in images if image.SeriesDescription.endswith("_tra")]
    assert len(used) < len(images)  # a localiser and a sagittal series are not used
    uids = {image.header.SOPInstanceUID for image in source.every_image}
    assert uids == {image.SOPInstanceUID for image in used}
    assert {*source.images} == {"T1WI", "T2WI"}
    assert source.uid == images[0].StudyInstanceUID
    assert all(not image.frames for image in source.every_image)


def test_frames_of_a_multi_frame_image(tmp_path):
    directory, task = phantom_studies.write(
        tmp_path / "c", form="enhanced", sequences=("T2WI", "DWI")
    )
    source = read(directory, task)
    whole, part = (source.images[name] for name in ("T2WI", "DWI"))
    assert len(whole) == len(part) == 1
    assert not whole[0].frames  # all of the file
    (path,) = (
        path
        for path in phantom_studies.files(directory)
        if pydicom.dcmread(path).SOPInstanceUID == part[0].header.SOPInstanceUID
    )
    frames = int(pydicom.dcmread(path).NumberOfFrames)
    assert 0 < len(part[0].frames) < frames  # one b-value of several
    assert min(part[0].frames) >= 1 and max(part[0].frames) <= frames


def test_what_the_source_lacks_is_empty(study, tmp_path):
    directory, task = study
    bare = shutil.copytree(directory, tmp_path / "bare")

    def change(image):
        del image.PatientName, image.PatientSex, image.AccessionNumber, image.StudyID

    phantom_studies.alter(bare, change)
    header = read(bare, task).header
    for keyword in ("PatientName", "PatientSex", "AccessionNumber", "StudyID"):
        assert keyword in header and not header[keyword].value
    assert header.PatientID.startswith("PHANTOM")


@pytest.mark.parametrize("keyword", ["SOPInstanceUID", "StudyInstanceUID"])
def test_nothing_can_refer_to_images_without_uids(study, tmp_path, keyword):
    directory, task = study
    bare = shutil.copytree(directory, tmp_path / "bare")
    made = phantom_studies.record(bare, task)
    for path in phantom_studies.files(bare):
        image = pydicom.dcmread(path)
        delattr(image, keyword)
        image.save_as(path)
    with pytest.raises(StudyError, match=f"no valid {keyword}") as raised:
        source_study.read(made.series)
    assert "not removed" in raised.value.cure


def test_no_series_no_report():
    with pytest.raises(StudyError, match="wants the DICOM images"):
        source_study.read({})
