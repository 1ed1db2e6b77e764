import dataclasses

import pytest

from pipelines.errors import StudyError
from tests.zoo.watching.drops import FACTS, FakeModel, FakeReports, Place, prediction
from zoo.prediction.model_facts import ModelFacts
from zoo.watching.history import Answered
from zoo.watching.report_directory import ReportDirectory

TORN = StudyError(code="torn", problem="it is torn", cure="Mend it", private="secret")
OF_P1 = ["p1-picture.dcm", "p1-report.dcm"]


@pytest.fixture
def place(tmp_path):
    return Place.make(tmp_path)


@pytest.fixture
def reports(place):
    return ReportDirectory(path=place.sr, make=FakeReports())


def names(place):
    return sorted(path.name for path in place.sr.iterdir())


def answered(place, record, mark):
    """A history in which a study has an answer with the reports of this mark."""
    history = place.history()
    history.begin(["number"])
    answer = Answered(number=1, time="t", outcome="answered", reports=mark)
    history.note_answer(record, answer, [])
    return place.history()


def test_reports_have_no_name_until_their_answer_is_noted(place, reports):
    waiting = reports.write_aside("p1", 7, [prediction("1.25")], FakeModel())
    assert not waiting.faults and sorted(waiting.names) == OF_P1
    assert all(name.startswith(".") and name.endswith(".part") for name in names(place))
    assert reports.make.made == [("1.25", "study 7")]  # not by its pseudonym
    reports.put_in_place(waiting)
    assert names(place) == OF_P1
    assert (place.sr / "p1-report.dcm").read_bytes() == b"1.25, the 1th"


def test_a_killed_process_s_reports_are_kept_by_their_mark_alone(place, reports):
    noted = reports.write_aside("p1", 1, [prediction("1.25")], FakeModel())
    reports.write_aside("p1", 1, [prediction("1.25")], FakeModel())
    reports.write_aside("p2", 2, [prediction("1.26")], FakeModel())
    others = (".study-1-report.dcm.01234567.part.dcm", "p3-report.dcm", ".watch.lock")
    for name in others:
        (place.sr / name).touch()
    reports.begin(answered(place, "p1", noted.mark))
    assert names(place) == sorted([*OF_P1, *others])
    assert (place.sr / "p1-picture.dcm").read_bytes() == b"1.25, the 1th"


def test_what_was_taken_away_does_not_come_again(place, reports):
    waiting = reports.write_aside("p1", 1, [prediction("1.25")], FakeModel())
    reports.put_in_place(waiting)
    for path in place.sr.iterdir():
        path.unlink()
    reports.begin(answered(place, "p1", waiting.mark))
    assert names(place) == []


def test_reports_of_no_answer_are_removed(place, reports):
    reports.remove(reports.write_aside("p1", 1, [prediction("1.25")], FakeModel()))
    assert names(place) == []


def test_series_have_reports_each_by_their_place(place, reports):
    task = dataclasses.replace(
        FACTS.task, unit="series", sequences=FACTS.task.sequences[:1]
    )
    model = FakeModel(facts=ModelFacts(name="small", task=task))
    each = [
        dataclasses.replace(prediction("1.25"), name=f"series {number}")
        for number in (2, 3, 3)
    ]
    each[1] = dataclasses.replace(each[1], outputs=None, error=TORN)
    waiting = reports.write_aside("p1", 1, each, model)
    assert waiting.names == tuple(
        f"p1-{place}-{end}.dcm" for place in (1, 3) for end in ("report", "picture")
    )
    assert [name for _, name in reports.make.made] == ["series 2", "series 3"]


def test_a_study_that_was_not_predicted_has_none(place, reports):
    torn = dataclasses.replace(prediction("1.25"), outputs=None, error=TORN)
    waiting = reports.write_aside("p1", 1, [torn], FakeModel())
    assert (waiting.mark, waiting.names, waiting.faults) == ("", (), {})
    assert names(place) == []


@pytest.mark.parametrize(
    ("fault", "code"), [(TORN, "torn"), (ZeroDivisionError("secret"), "unexpected")]
)
def test_what_keeps_a_study_from_a_report_is_noted(place, reports, fault, code):
    reports.make.faults["1.25"] = fault
    waiting = reports.write_aside("p1", 1, [prediction("1.25")], FakeModel())
    assert (waiting.mark, waiting.names) == ("", ())
    assert [(at, error.code) for at, error in waiting.faults.items()] == [(1, code)]
    assert "secret" not in waiting.faults[1].problem
    assert names(place) == []


def test_a_report_that_is_there_is_not_overwritten(place, reports):
    (place.sr / "p1-picture.dcm").write_bytes(b"of another")
    waiting = reports.write_aside("p1", 1, [prediction("1.25")], FakeModel())
    assert waiting.faults[1].code == "report_exists"
    assert names(place) == ["p1-picture.dcm"]
    assert (place.sr / "p1-picture.dcm").read_bytes() == b"of another"


def test_a_directory_that_can_t_be_written_is_no_fault_of_the_study(
    place, reports, monkeypatch
):
    def write(path, content):
        if "picture" in path.name:
            raise OSError(5, "Input/output error")
        path.write_bytes(content)

    monkeypatch.setattr("pipelines.storage.atomic_files.write_synced", write)
    with pytest.raises(OSError, match="Input/output"):
        reports.write_aside("p1", 1, [prediction("1.25")], FakeModel())
    assert names(place) == []
