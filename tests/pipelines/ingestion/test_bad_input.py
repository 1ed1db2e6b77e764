"""One bad study is rejected with its cure; the rest of the cohort goes on."""

import errno
import shutil
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from pipelines import ingest
from pipelines.errors import DataError, StudyError
from pipelines.ingestion import dicom_choice, ingest_cohort, make_record, worker_pool
from pipelines.ingestion.requested_cohort import requested_cohort
from pipelines.readers.dicom import read_header
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.storage.executors import Processes
from tests.pipelines.ingestion import test_ingest_cohort
from tests.pipelines.ingestion.conftest import rejected


def edit(path, **values):
    """Sets header elements of a DICOM file."""
    file = pydicom.dcmread(path)
    for name, value in values.items():
        setattr(file, name, value)
    file.save_as(path)


def truncate(files):
    """Cuts the end of a file off."""
    content = files[3].read_bytes()
    files[3].write_bytes(content[: len(content) - 500])


def empty(files):
    """Leaves a file of no bytes: the slice is missing."""
    files[3].write_bytes(b"")


def remove(files):
    """Takes a slice out."""
    files[3].unlink()


def double(files):
    """Puts a slice where another one is."""
    edit(files[3], ImagePositionPatient=pydicom.dcmread(files[4]).ImagePositionPatient)


def tilt(files):
    """Turns half of a series by 10 degrees about its rows."""
    turned = [1.0, 0.0, 0.0, 0.0, float(np.cos(0.17)), float(np.sin(0.17))]
    for path in files[:3]:
        edit(path, ImageOrientationPatient=turned)


@pytest.mark.parametrize(
    ("damage", "code", "words"),
    [
        (truncate, "truncated", "cut off"),
        (empty, "missing_slice", "missing"),
        (remove, "missing_slice", "missing"),
        (double, "duplicate_position", "share position"),
        (tilt, "ambiguous_sequence", "match T2WI"),
    ],
)
def test_a_damaged_series(source, request_of, studies, damage, code, words):
    damage(ordered(studies(source)[0]))
    result = ingest_cohort.ingest(request_of(source))
    (fault,) = result.faults
    (row,) = rejected(result.path)
    assert (fault.code, row["code"]) == (code, code)
    assert words in row["problem"] and row["cure"]
    assert len(read_manifest(open_dataset(result.path))) == 9
    assert result.flow.included == 9 and result.flow.found == 10


def ordered(files):
    """Files by position, so a slice in the middle is in the middle."""
    return sorted(files, key=lambda p: pydicom.dcmread(p).ImagePositionPatient[2])


def test_two_series_for_one_sequence_are_both_named(source, request_of, studies):
    files = studies(source)[0]
    folder = files[0].parent / "again"
    folder.mkdir()
    for path in files:
        copy = folder / path.name
        shutil.copy(path, copy)
        edit(copy, SeriesInstanceUID="1.2.3", SeriesNumber=77)
    (fault,) = ingest_cohort.ingest(request_of(source)).faults
    assert fault.code == "ambiguous_sequence"
    assert "77" in fault.problem and "prefer" in fault.cure


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66.4"}, "segmentations"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "secondary captures"),
        (
            {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "Modality": "CT"},
            "images of modality CT",
        ),
    ],
    ids=["segmentation", "screenshot", "ct"],
)
def test_what_is_no_mr_image_takes_no_sequence(
    source, request_of, studies, small_task, changes, why
):
    files = studies(source)[0]
    folder = files[0].parent / "of the t2"
    folder.mkdir()
    for path in files:
        image = pydicom.dcmread(shutil.copy(path, folder / path.name))
        image.SeriesInstanceUID, image.SeriesNumber = "1.2.3", 77
        for name, value in changes.items():
            setattr(image, name, value)
        image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
        image.save_as(folder / path.name)
    (sequence,) = small_task.sequences
    rule = replace(sequence, match=replace(sequence.match, prefer="last"))
    task = replace(small_task, sequences=(rule,))
    request = request_of(source, task=task)
    names = test_ingest_cohort._names(request)
    cohort = requested_cohort(request, names, {}, processes=Processes(1))
    assert cohort.ignored[why] == len(files)
    taken = {
        work_item.sources["T2WI"].series.series_uid for work_item in cohort.work_items
    }
    assert len(taken) == 10 and "1.2.3" not in taken


@pytest.fixture
def with_shorter_part(source, request_of, studies, small_task):
    """A request of a cohort in whose first T2 half the slices have a second echo."""
    files = ordered(studies(source)[0])
    for number, path in enumerate(files[: len(files) // 2]):
        copy = path.with_name(f"second {path.name}")
        shutil.copy(path, copy)
        edit(copy, EchoTime=250.0, SOPInstanceUID=f"1.2.3.{number}")
    (sequence,) = small_task.sequences
    rule = replace(sequence, match=replace(sequence.match, prefer="fewest_slices"))
    return request_of(source, task=replace(small_task, sequences=(rule,)))


def test_no_preference_takes_a_part_for_the_whole(with_shorter_part):
    result = ingest_cohort.ingest(with_shorter_part)
    (fault,) = result.faults
    assert fault.code == "partial_series" and "te=" in fault.problem
    assert result.flow.included == 9


def test_a_part_that_is_allowed_is_noted_in_the_manifest(with_shorter_part):
    task = with_shorter_part.task
    task = replace(task, inclusion=replace(task.inclusion, allow_partial=True))
    result = ingest_cohort.ingest(replace(with_shorter_part, task=task))
    warned = [
        row.warnings for row in read_manifest(open_dataset(result.path)) if row.warnings
    ]
    assert len(warned) == 1 and not result.faults
    assert warned[0].startswith("T2WI: series ") and "slices" in warned[0]


def test_a_series_for_every_slice_is_rejected_once(
    source, request_of, studies, small_task
):
    for number, path in enumerate(studies(source)[0]):
        edit(path, SeriesInstanceUID=f"1.2.3.{number}")
    for unit in ("study", "series"):
        request = request_of(source, task=replace(small_task, unit=unit))
        names = test_ingest_cohort._names(request)
        cohort = requested_cohort(request, names, {}, processes=Processes(1))
        (one,) = cohort.rejections
        assert one.code == "series_per_slice" and len(cohort.work_items) == 9


def test_one_series_of_two_patients_where_series_are_the_unit(
    source, request_of, studies, small_task
):
    edit(studies(source)[0][0], PatientID="somebody else")
    request = request_of(source, task=replace(small_task, unit="series"))
    names = test_ingest_cohort._names(request)
    cohort = requested_cohort(request, names, {}, processes=Processes(1))
    assert [one.code for one in cohort.rejections] == ["mixed_patients"]
    assert "somebody else" in cohort.rejections[0].private


def test_labels_missing_and_unknown(source, request_of):
    labels = source / "labels.csv"
    header, first, second, *rest = labels.read_text(encoding="utf-8").splitlines()
    second = second.rsplit(",", 1)[0] + ",toroid"
    labels.write_text("\n".join([header, second, *rest]) + "\n", encoding="utf-8")
    result = ingest_cohort.ingest(request_of(source))
    assert {one.code for one in result.faults} == {"missing_label", "unknown_class"}
    problems = {row["code"]: row for row in rejected(result.path)}
    assert (
        "ring, solid"
        in problems["unknown_class"]["cure"] + (problems["unknown_class"]["problem"])
    )
    assert "toroid" not in (result.path / "rejected.csv").read_text(encoding="utf-8")


def test_a_missing_label_may_be_skipped(source, request_of, small_task):
    labels = source / "labels.csv"
    header, _, *rest = labels.read_text(encoding="utf-8").splitlines()
    labels.write_text("\n".join([header, *rest]) + "\n", encoding="utf-8")
    task = replace(small_task, missing_label="skip")
    result = ingest_cohort.ingest(request_of(source, task=task))
    assert not result.faults and result.skipped == {"no label": 1}
    assert result.flow.found == 10 and "no label" in result.flow.text


def test_a_study_without_patient_id(source, request_of, studies):
    patient = studies(source)[0][0].relative_to(source / "dicom").parts[0]
    for path in (source / "dicom" / patient).rglob("*"):
        if path.is_file():
            edit(path, PatientID="")
    (fault,) = ingest_cohort.ingest(request_of(source)).faults
    assert fault.code == "missing_id" and "patient" in fault.problem


def test_a_study_of_two_patients(source, request_of, studies):
    edit(studies(source)[0][0], PatientID="somebody else")
    (fault,) = ingest_cohort.ingest(request_of(source)).faults
    assert fault.code == "mixed_patients"


def copy_patient(source, studies, *, patient_id, label):
    """The first patient's study once more, under other ids."""
    files = studies(source)[0]
    folder = source / "dicom" / "copied"
    folder.mkdir()
    for number, path in enumerate(files):
        copy = folder / str(number)
        shutil.copy(path, copy)
        header = pydicom.dcmread(path, stop_before_pixels=True)
        edit(
            copy,
            StudyInstanceUID=header.StudyInstanceUID + ".9",
            SeriesInstanceUID=header.SeriesInstanceUID + ".9",
            PatientID=patient_id or header.PatientID,
        )
    if label:
        with open(source / "labels.csv", "a", encoding="utf-8") as file:
            file.write(f"{patient_id},{label}\n")


def test_a_copy_of_a_study_of_the_same_patient(source, request_of, studies):
    copy_patient(source, studies, patient_id="", label="")
    result = ingest_cohort.ingest(request_of(source))
    (fault,) = result.faults
    assert fault.code == "duplicate_study" and "same patient" in fault.problem
    shown = result.text().splitlines()[0]
    patient = pydicom.dcmread(studies(source)[0][0]).PatientID
    assert shown.startswith("1 study rejected: duplicate study")
    assert f": its voxels are those of patient {patient}, study " in shown
    assert len(read_manifest(open_dataset(result.path))) == 10


def test_a_copy_under_another_patient_sinks_both(source, request_of, studies):
    copy_patient(source, studies, patient_id="another", label="ring")
    result = ingest_cohort.ingest(request_of(source))
    assert [one.code for one in result.faults] == ["duplicate_study"] * 2
    assert len(read_manifest(open_dataset(result.path))) == 9


def test_a_class_with_one_patient_stops_but_loses_nothing(source, request_of):
    labels = source / "labels.csv"
    header, *rows = labels.read_text(encoding="utf-8").splitlines()
    alike = [row.rsplit(",", 1)[0] + ",ring" for row in rows[1:]]
    single = rows[0].rsplit(",", 1)[0] + ",solid"
    labels.write_text("\n".join([header, single, *alike]) + "\n", encoding="utf-8")
    request = request_of(source)
    with pytest.raises(DataError, match="class 'solid' has a single patient"):
        ingest_cohort.ingest(request)
    assert not request.out.exists()
    kept = request.out.with_name("dataset.partial") / "records"
    assert len(list(kept.glob("*.record"))) == 10


def test_nothing_usable(source, request_of, small_task):
    task = replace(
        small_task, inclusion=replace(small_task.inclusion, minimum_slices=99)
    )
    with pytest.raises(DataError, match="no sample is left of 10 found"):
        ingest_cohort.ingest(request_of(source, task=task))


def test_criteria_exclude_without_fault(source, request_of, studies, small_task):
    task = replace(
        small_task, inclusion=replace(small_task.inclusion, minimum_slices=8)
    )
    files = ordered(studies(source)[0])
    keep = len(files) // 2
    for path in files[keep:]:
        path.unlink()
    result = ingest_cohort.ingest(request_of(source, task=task))
    (one,) = result.rejections
    assert one.excluded and one.code == "too_few_slices" and not result.faults
    assert "too few slices" in result.flow.text


def test_no_dicom_at_all(source, request_of, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text(
        "no images here, sorry", encoding="utf-8"
    )
    with pytest.raises(DataError, match="no DICOM images below"):
        ingest_cohort.ingest(request_of(source, source=tmp_path / "empty"))


def test_a_full_disk_stops_and_continues_later(phantom, request_of, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(make_record, "_keep", full)
        with pytest.raises(DataError, match="the disk takes no more"):
            ingest_cohort.ingest(request_of(phantom))
    assert (
        len(read_manifest(open_dataset(ingest_cohort.ingest(request_of(phantom)).path)))
        == 10
    )


def test_a_disk_that_fills_while_shards_are_written(phantom, request_of, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ingest_cohort, "write", full)
        with pytest.raises(DataError, match="Free some space and run the same"):
            ingest_cohort.ingest(request_of(phantom))
    assert ingest_cohort.ingest(request_of(phantom)).flow.included == 10


def fails_on_call(function, number):
    """`function`, but its call of this number ends in what no check foresees."""
    calls = []

    def wrapped(*arguments, **options):
        calls.append(arguments)
        if len(calls) == number:
            raise ZeroDivisionError("secret path /home/somebody")
        return function(*arguments, **options)

    return wrapped


@pytest.mark.parametrize(
    ("module", "name"),
    [(make_record, "read_source"), (dicom_choice, "check_geometry")],
    ids=["voxels", "headers"],
)
def test_what_no_check_foresaw_is_one_study_s_fault(
    phantom, request_of, monkeypatch, module, name
):
    monkeypatch.setattr(module, name, fails_on_call(getattr(module, name), 2))
    result = ingest_cohort.ingest(request_of(phantom))
    (fault,) = result.faults
    assert fault.code == "unexpected" and "ZeroDivisionError" in fault.problem
    assert "secret" in fault.private and result.flow.included == 9
    (row,) = rejected(result.path)
    assert row["study_id"] == fault.study_id != ""
    assert row["problem"] == "reading the study ended in ZeroDivisionError"
    assert "secret" not in (result.path / "rejected.csv").read_text(encoding="utf-8")


def test_a_header_that_fails_unforeseen_is_its_file_s_fault(
    phantom, request_of, monkeypatch
):
    def by_zero(file, size):
        raise ZeroDivisionError

    monkeypatch.setattr(read_header, "walked", by_zero)  # then pydicom judges
    monkeypatch.setattr(read_header, "_locate", fails_on_call(read_header._locate, 3))
    result = ingest_cohort.ingest(request_of(phantom))
    assert result.ignored["unreadable"] == 1 and result.flow.found == 10


def test_memory_is_named(phantom, request_of, monkeypatch, small_task):
    def too_large(study, task):
        raise MemoryError

    monkeypatch.setattr(make_record, "canonicalise", too_large)
    fault = worker_pool.work(run_order(phantom, request_of), small_task, "unused")
    assert isinstance(fault, StudyError) and fault.code == "out_of_memory"


def run_order(phantom, request_of):
    """Any order of the cohort."""
    request = request_of(phantom)
    names = test_ingest_cohort._names(request)
    return requested_cohort(request, names, {}, processes=Processes(1)).work_items[0]


def test_exit_codes(source, tmp_path, studies, capsys):
    remove(ordered(studies(source)[0]))
    arguments = ["--dicom", str(source / "dicom"), "--labels"]
    arguments += [str(source / "labels.csv"), "--task", str(source / "task.toml")]
    arguments += ["--key", str(tmp_path / "my.key"), "--workers", "1", "--out"]
    assert ingest.main([*arguments, str(tmp_path / "one")]) == 1
    told = capsys.readouterr().out
    assert "1 study rejected: " in told and "9 studies included" in told
    assert told.splitlines()[-1] == str(tmp_path / "one")
    assert ingest.main([*arguments, str(tmp_path / "two"), "--allow-rejects"]) == 0


def test_rows_of_the_label_file_without_a_study_are_counted(source, request_of):
    with open(source / "labels.csv", "a", encoding="utf-8") as file:
        file.write("NOBODY-1,ring\nNOBODY-2,ring\n")
    result = ingest_cohort.ingest(request_of(source))
    assert "2, rows of the label file, for no patient has their id" in result.text()


def test_a_malformed_header_sinks_one_study_alone(source, request_of, studies):
    edit(studies(source)[0][0], ImageOrientationPatient=[1.0, 0.0, 0.0])
    (fault,) = ingest_cohort.ingest(request_of(source)).faults
    assert fault.code == "bad_header" and "orientation" in fault.private


def test_one_series_uid_under_two_patients(source, request_of, studies, small_task):
    uid = "1.2.3.4"
    for files in studies(source)[:2]:
        for path in files:
            edit(path, SeriesInstanceUID=uid)
    task = replace(small_task, unit="series")
    result = ingest_cohort.ingest(request_of(source, task=task))
    assert [one.code for one in result.faults] == ["shared_id"] * 2
    assert len(read_manifest(open_dataset(result.path))) == 8
