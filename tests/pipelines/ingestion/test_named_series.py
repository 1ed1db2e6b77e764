"""Series that a user names where the task's rules don't find them."""

import dataclasses
import shutil

import pytest

from pipelines.errors import UsageError
from pipelines.ingestion.named_series import NamedSeries
from pipelines.ingestion.new_study import dicom_records, series_record
from pipelines.readers.dicom import scan
from pipelines.tasks.sequence import Match


@pytest.fixture
def two_studies(phantom, tmp_path):
    """A folder of two studies, and the axial T2 series of the second."""
    for name, folder in zip("ab", sorted((phantom / "dicom").iterdir())):
        shutil.copytree(folder, tmp_path / "new" / name)
    return tmp_path / "new"


@pytest.fixture
def lost_task(small_task):
    """The task with a rule that fails."""
    (sequence,) = small_task.sequences
    lost = dataclasses.replace(sequence, match=Match(description="^new scanner$"))
    return dataclasses.replace(small_task, sequences=(lost,))


def t2_series(folder, small_task):
    """The series that the working rule takes."""
    from pipelines.ingestion.dicom_candidates import candidates
    from pipelines.ingestion.dicom_choice import choose

    (candidate,) = candidates(scan.scan(folder), small_task)
    (series,) = choose(candidate, small_task).values()
    return series


def test_a_series_by_one_of_its_files(two_studies, small_task, lost_task):
    series = t2_series(two_studies / "b", small_task)
    named = {"T2WI": NamedSeries(path=series.frames[3].path)}
    by_rule = [one.record for one in dicom_records(two_studies, small_task)]
    first, second = dicom_records(two_studies, lost_task, named=named)
    assert first.error.code == "missing_sequence"
    assert second.record == by_rule[1] and second.ids["study_id"] == series.study_uid
    alone = series_record(named, lost_task)
    assert alone.record == by_rule[1] and alone.ids == second.ids


def test_a_series_by_its_folder(two_studies, small_task, lost_task, tmp_path):
    series = t2_series(two_studies / "a", small_task)
    (tmp_path / "only").mkdir()
    for frame in series.frames:
        shutil.copy(frame.path, tmp_path / "only")
    named = {"T2WI": NamedSeries(path=str(tmp_path / "only"))}
    by_rule = next(iter(dicom_records(two_studies / "a", small_task)))
    assert series_record(named, lost_task).record == by_rule.record


def test_several_series_in_the_folder(two_studies, lost_task):
    named = {"T2WI": NamedSeries(path=str(two_studies / "a"))}
    first, _ = dicom_records(two_studies, lost_task, named=named)
    assert first.error.code == "ambiguous_sequence"
    assert "where --series names T2WI" in first.error.problem


def test_no_series_in_the_folder(two_studies, lost_task, tmp_path):
    (tmp_path / "empty").mkdir()
    named = {"T2WI": NamedSeries(path=str(tmp_path / "empty"))}
    with pytest.raises(UsageError, match="T2WI: none there, no such DICOM series"):
        list(dicom_records(two_studies, lost_task, named=named))


def test_a_part_that_is_not_there(two_studies, small_task):
    series = t2_series(two_studies / "a", small_task)
    named = {"T2WI": NamedSeries(path=series.frames[0].path, part="b=800")}
    with pytest.raises(UsageError, match=r"the parts there are .*#b=800"):
        series_record(named, small_task)


def test_two_patients_are_no_study(two_studies, small_task):
    (sequence,) = small_task.sequences
    other = dataclasses.replace(sequence, name="again")
    task = dataclasses.replace(small_task, sequences=(sequence, other))
    named = {
        name: NamedSeries(path=t2_series(two_studies / f, small_task).frames[0].path)
        for name, f in (("T2WI", "a"), ("again", "b"))
    }
    with pytest.raises(UsageError, match="series of two patients"):
        series_record(named, task)


def test_a_place_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="--series wants SEQ=PATH, .* Received: .*no"):
        NamedSeries(path=str(tmp_path / "no"))


def test_parts_and_paths_of_the_command_line(tmp_path):
    (tmp_path / "odd#name").mkdir()
    odd = str(tmp_path / "odd#name")
    assert NamedSeries.of(odd) == NamedSeries(path=odd)
    assert NamedSeries.of(f"{odd}#b=800") == NamedSeries(path=odd, part="b=800")
