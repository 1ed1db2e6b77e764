"""series.csv: what is refused, and what a study's sequences are by it."""

import dataclasses

import pytest

from pipelines.cohort import series_file
from pipelines.errors import DataError, StudyError
from pipelines.readers.dicom.headers import Series
from pipelines.tasks import task as tasks

TASK = tasks.load("liver_fibrosis")  # T1WI, T2WI, ADC


def read(tmp_path, text):
    path = tmp_path / "series.csv"
    path.write_text(text, encoding="utf-8")
    return series_file.read(path, TASK)


def series(uid, **facts):
    return Series(patient_id="p", study_uid="1.2", series_uid=uid, **facts)


def test_names_by_id_and_counts_other_names(tmp_path):
    file = read(
        tmp_path, "Series ID,sequence,reason\n1.1,T1WI,\n1.2#b=0,unknown,\n1.3,,bad\n"
    )
    assert file.sequences == {"1.1": "T1WI"}
    assert file.others == {"unknown": 1, "": 1}
    assert file.name(series("1.1")) == "T1WI"
    assert file.name(series("1.2", part="b=0")) is None


def test_digest_is_of_the_bytes(tmp_path):
    one = read(tmp_path, "series_id,sequence\n1.1,T1WI\n").sha256
    other = read(tmp_path, "series_id,sequence\n1.2,T1WI\n").sha256
    assert len(one) == 64
    assert one != other


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("series_id,sequenz\n1.1,T1WI\n", "lacks sequence .*did you mean 'sequenz'"),
        ("sequence\nT1WI\n", "lacks series_id"),
        ("series_id,sequence\n1.1,T1WI\n1.1,T2WI\n", "lines 2 and 3 have the same"),
        ("series_id,sequence\n,T1WI\n", "line 2 has no series_id"),
        ("series_id,sequence\n1.1,T1W\n", "no series as a sequence.*'T1WI' for 'T1W'"),
    ],
)
def test_refused(tmp_path, text, says):
    with pytest.raises(DataError, match=says):
        read(tmp_path, text)


def test_series_that_the_images_lack(tmp_path):
    file = read(tmp_path, "series_id,sequence\n1.2.3.45#b=80,T1WI\n")
    with pytest.raises(DataError, match=r"1 of 1 series .*line 2.*'1.2.3.45#b=800'"):
        file.check_ids(["1.2.3.45#b=800"])


def test_study_by_the_file_alone(tmp_path):
    file = read(tmp_path, "series_id,sequence\n1.1,T2WI\n1.2,T1WI\n1.3,ADC\n")
    study = [series("1.1", description="t1"), series("1.2"), series("1.3")]
    chosen = file.assign(study, TASK)
    assert {name: each.series_uid for name, each in chosen.items()} == {
        "T1WI": "1.2",
        "T2WI": "1.1",
        "ADC": "1.3",
    }


def test_missing_sequence(tmp_path):
    file = read(tmp_path, "series_id,sequence\n1.1,T2WI\n")
    with pytest.raises(StudyError, match="the series file names none of 1 series"):
        file.assign([series("1.1")], TASK)


def test_named_twice_in_one_study(tmp_path):
    file = read(tmp_path, "series_id,sequence\n1.1,T2WI\n1.2,T2WI\n")
    named = [series("1.1", series_number=1), series("1.2", series_number=2)]
    with pytest.raises(StudyError, match="names series 1 and series 2 T2WI"):
        file.assign(named, without_preference("T2WI"))


def without_preference(name):
    sequences = tuple(
        dataclasses.replace(one, match=dataclasses.replace(one.match, prefer=None))
        for one in TASK.sequences
        if one.name == name
    )
    grid = dataclasses.replace(TASK.grid, reference=None)
    return dataclasses.replace(TASK, sequences=sequences, grid=grid)


def test_id_that_is_kept_from_spreadsheets(tmp_path):
    file = read(tmp_path, 'series_id,sequence\n"=""2.25.17""",T1WI\n')
    assert file.sequences == {"2.25.17": "T1WI"}
