"""New studies as records: the way of ingest, and no study ends the others."""

import shutil

import pytest
import SimpleITK as sitk

from pipelines.errors import DataError, StudyError, UsageError
from pipelines.ingestion import ingest_cohort, make_record, new_study
from pipelines.ingestion.new_study import dicom_records, nifti_record
from pipelines.readers.dicom import scan
from pipelines.records.directory import open_dataset
from pipelines.records.encode import parser
from pipelines.records.shards import read
from tests.pipelines.ingestion.test_bad_input import fails_on_call


def test_the_voxels_are_those_of_ingest(phantom, request_of, small_task):
    data = open_dataset(ingest_cohort.ingest(request_of(phantom)).path)
    parse = parser(small_task, require_target=False)

    def fingerprint(record):
        return parse(record)["volume"].numpy().tobytes()

    ingested = {
        fingerprint(record)
        for shard in data.shards
        for record in read(data.shard_path(shard))
    }
    new = [one.record for one in dicom_records(phantom / "dicom", small_task)]
    assert {fingerprint(record) for record in new} == ingested
    assert len(new) == 10


def test_records_of_studies_are_made_when_they_are_asked_for(
    phantom, small_task, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(new_study, "make_record", None)  # none is made meanwhile
        studies = list(new_study.dicom_studies(phantom / "dicom", small_task))
    records = list(dicom_records(phantom / "dicom", small_task))
    assert [(one.name, one.ids) for one in studies] == [
        (one.name, one.ids) for one in records
    ]
    assert studies[3].make() == records[3]
    assert records[3].record is not None


def test_an_unforeseen_fault_is_one_study_s(phantom, small_task, monkeypatch):
    reads = fails_on_call(make_record.read_source, 2)
    monkeypatch.setattr(make_record, "read_source", reads)
    records = list(dicom_records(phantom / "dicom", small_task))
    assert [one.error is None for one in records[:3]] == [True, False, True]
    assert records[1].name == "study 2" and records[1].record is None
    assert records[1].error.problem == "reading the study ended in ZeroDivisionError"


def test_covariates_may_be_missing_for_one_study(phantom, small_task):
    def first_is_missing(ids):
        if ids["patient_id"].endswith("1"):
            raise StudyError(code="missing_covariates", problem="none", cure="Add")
        return ()

    records = list(
        dicom_records(phantom / "dicom", small_task, covariates=first_is_missing)
    )
    failed = [one for one in records if one.error is not None]
    assert {one.error.code for one in failed} == {"missing_covariates"}
    assert 0 < len(failed) < len(records)


def test_studies_come_as_their_folders_lie(phantom, small_task, tmp_path):
    folders = sorted((phantom / "dicom").iterdir())[:3]
    for name, folder in zip(("p10", "p9", "P2"), folders, strict=True):
        shutil.copytree(folder, tmp_path / name)
    given = [
        next(iter(dicom_records(tmp_path / name, small_task))).ids
        for name in ("P2", "p9", "p10")
    ]
    assert [one.ids for one in dicom_records(tmp_path, small_task)] == given


def test_a_frame_of_a_4d_file(phantom, small_task, tmp_path):
    series = scan.scan(phantom / "dicom").series[0]
    first = scan.read_image(series)
    other = sitk.JoinSeries([first + 7, first])
    sitk.WriteImage(first, tmp_path / "first.nii.gz")
    sitk.WriteImage(other, tmp_path / "both.nii.gz")
    alone = nifti_record({"T2WI": tmp_path / "first.nii.gz"}, small_task)
    assert alone.record is not None, alone.error
    frame = nifti_record({"T2WI": f"{tmp_path}/both.nii.gz#frame=1"}, small_task)
    assert frame.record == alone.record
    before = nifti_record({"T2WI": f"{tmp_path}/both.nii.gz#frame=0"}, small_task)
    assert before.record not in (None, alone.record)
    unnamed = nifti_record({"T2WI": tmp_path / "both.nii.gz"}, small_task)
    assert unnamed.error.code == "frame_needed" and "#frame=0" in unnamed.error.cure


def test_no_studies(tmp_path, small_task):
    with pytest.raises(DataError, match="no DICOM images below"):
        list(dicom_records(tmp_path, small_task))


def test_a_sequence_that_the_task_does_not_name(small_task):
    with pytest.raises(UsageError, match="has the sequences .* Received: DWI"):
        nifti_record({"DWI": "a.nii"}, small_task)


def test_a_nifti_file_that_is_not_there(small_task, tmp_path):
    record = nifti_record({"T2WI": tmp_path / "none.nii"}, small_task)
    assert record.name == "study 1" and record.error.code == "missing_file"


def test_covariates_that_were_named_wrongly_are_wrong_usage(small_task):
    def wrong(ids):
        raise UsageError("the covariates wanted are age")

    with pytest.raises(UsageError, match="wanted are age"):
        nifti_record({"T2WI": "a.nii"}, small_task, covariates=wrong)
