"""What is named of new studies, held to what a model wants.

The sentences that a user sees are held by `tests/zoo/test_predict*.py`.
"""

import dataclasses

import pytest

from pipelines.errors import UsageError
from pipelines.ingestion.named_series import NamedSeries
from pipelines.tasks.steps import Steps
from tests.pipelines.records import small
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.study_source import StudySource, named_values

TASK = small.task(covariates=("age", "weight"))
PLAIN = ModelFacts(name="runs/liver", task=TASK)
CLINICAL = dataclasses.replace(PLAIN, covariates=("age",))
ROI = dataclasses.replace(
    PLAIN,
    task=dataclasses.replace(TASK, steps=Steps(roi_share=0.8, background_crop=False)),
)
FILES = {"T1": "a.nii", "T2": "b.nii"}


@pytest.mark.parametrize(
    ("facts", "named", "message"),
    [
        (CLINICAL, {}, "network of runs/liver sees age. Give them by --covariates"),
        (PLAIN, {"covariates": ("age=1",)}, "sees no covariates. Leave --covariates"),
        (ROI, {}, "task of runs/liver crops to a region of interest"),
        (PLAIN, {"mask": "roi.nii"}, "--mask goes with a run"),
        (PLAIN, {"nifti": {"FLAIR": "c.nii"}}, "has the sequences T1, T2"),
    ],
)
def test_what_the_model_does_not_want_or_lacks(facts, named, message):
    source = StudySource(**{"nifti": FILES, **named})
    with pytest.raises(UsageError, match=message):
        source.records(facts)


def test_a_file_of_covariates_goes_with_dicom(tmp_path):
    source = StudySource(dicom=str(tmp_path), covariates=("age=1",))
    with pytest.raises(UsageError, match=r"wants one table. Received: \['age=1'\]"):
        source.records(CLINICAL)


def test_studies_are_named_in_one_way(tmp_path):
    for named in ({}, {"dicom": str(tmp_path), "nifti": FILES}):
        with pytest.raises(UsageError, match="by --dicom, by --series, by both, or by"):
            StudySource(**named)


def test_a_series_of_a_sequence_that_the_task_lacks(tmp_path):
    named = {"FLAIR": NamedSeries(path=str(tmp_path))}
    with pytest.raises(UsageError, match="has the sequences T1, T2. Received: FLAIR"):
        StudySource(dicom=str(tmp_path), series=named).records(PLAIN)


def test_no_series_is_named_where_every_one_is_a_sample(tmp_path):
    task = dataclasses.replace(TASK, unit="series")
    source = StudySource(
        dicom=str(tmp_path), series={"series": NamedSeries(path=str(tmp_path))}
    )
    with pytest.raises(UsageError, match="takes series one by one"):
        source.records(dataclasses.replace(PLAIN, task=task))


def test_a_frame_that_is_no_number_is_known_at_once():
    with pytest.raises(UsageError, match="a frame is a number from 0.*frame=last"):
        StudySource(nifti={"T1": "cine.nii#frame=last"})
    with pytest.raises(UsageError, match="a b-value is a number.*dwi.nii#b=high"):
        StudySource(nifti={"DWI": "dwi.nii#b=high"})


def test_what_can_not_be_read(tmp_path):
    with pytest.raises(UsageError, match="nosuch is not a directory"):
        StudySource(dicom=str(tmp_path / "nosuch"))
    with pytest.raises(UsageError, match="--workers wants 1 or more. Received: 0"):
        StudySource(dicom=str(tmp_path), workers=0)


def test_studies_are_read_when_they_are_asked_for(tmp_path):
    read = StudySource(nifti={"T1": str(tmp_path / "a.nii"), "T2": "b"}).records(PLAIN)
    (study,) = read()
    assert study.record is None and study.error.code


def test_values_by_name():
    assert named_values("--nifti", ["T1=a=b.nii"]) == {"T1": "a=b.nii"}
    assert named_values("--covariates", ["age="]) == {"age": ""}


def test_a_series_has_a_path():
    with pytest.raises(UsageError, match="--series wants SEQ=PATH. Received: T1="):
        named_values("--series", ["T1="])


@pytest.mark.parametrize("pair", ["T1", "=a", "T1="])
def test_what_names_no_file(pair):
    with pytest.raises(UsageError, match=f"wants SEQ=FILE. Received: {pair}"):
        named_values("--nifti", [pair])


def test_a_name_twice():
    with pytest.raises(UsageError, match="--covariates names age twice"):
        named_values("--covariates", ["age=1", "age=2"])
