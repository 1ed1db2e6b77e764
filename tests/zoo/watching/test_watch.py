import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import DataError, StudyError
from tests.zoo.watching.drops import SETTINGS, FakeClock, FakeModel, Place, drop
from tests.zoo.watching.killing import KilledError, killed_at
from zoo.watching.clock import StopAskedError
from zoo.watching.settings import WatchSettings

TORN = StudyError(code="torn", problem="it is torn", cure="Mend it", private="secret")


@pytest.fixture
def place(tmp_path):
    return Place.make(tmp_path)


def watched(place, model, *, seconds=200, settings=SETTINGS, **options):
    """Watches for so long, as one process."""
    end = place.clock.now() + seconds
    before = place.clock.meanwhile

    def meanwhile():
        before()
        place.clock.stop_asked |= place.clock.now() >= end

    place.clock.meanwhile, place.clock.stop_asked = meanwhile, False
    try:
        return place.watcher(model, settings, **options).run()
    finally:
        place.clock.meanwhile = before


def arrive_by(place, arrivals):
    """Has files arrive while the clock is waited by: (seconds, path, study)."""
    waiting = sorted(arrivals)
    begun = place.clock.now()

    def meanwhile():
        while waiting and begun + waiting[0][0] <= place.clock.now():
            drop(place.root, *waiting.pop(0)[1:])

    place.clock.meanwhile = meanwhile
    return waiting


def test_each_study_is_answered_once_and_the_others_go_on(place):
    for study in ("1.1", "1.2", "1.3"):
        for number in range(3):
            drop(place.root, f"{study}-{number}", study)
    model = FakeModel(faults={"1.2": TORN})
    assert watched(place, model) == 0
    assert sorted(model.asked) == [("1.1", 3), ("1.2", 3), ("1.3", 3)]
    records = {study: place.record(study) for study in ("1.1", "1.2", "1.3")}
    rows = dict(place.rows())
    assert rows.pop(records["1.2"]) == "it is torn. Mend it"
    assert rows == {records["1.1"]: "", records["1.3"]: ""}
    assert place.files("answered") == sorted([records["1.1"], records["1.3"]])
    assert place.files("failed") == [records["1.2"]]
    assert watched(place, model) == 0
    assert len(model.asked) == 3


def test_nothing_that_is_written_or_logged_names_the_patient(place):
    drop(place.root, "name of the patient/1", "1.2.77")
    model = FakeModel(faults={"1.2.77": TORN})
    watched(place, model)
    written = "\n".join(place.log).encode()
    for path in place.out.rglob("*"):
        written += path.name.encode() + (path.read_bytes() if path.is_file() else b"")
    for secret in (b"1.2.77", b"patient", b"secret"):
        assert secret not in written
    linkage = place.key.with_name("linkage.csv").read_text(encoding="utf-8")
    assert f"{place.record('1.2.77')}" in linkage and "1.2.77" in linkage


def test_ids_stand_in_the_answers_on_request(place):
    drop(place.root, "1", "1.2.77")
    watched(place, FakeModel(), with_ids=True)
    header, row = (
        (place.out / "result.csv").read_text(encoding="utf-8-sig").splitlines()
    )
    assert header.startswith("number,name,patient_id,study_id,class")
    assert row.split(",")[2:4] == ["patient of 1.2.77", "1.2.77"]


def test_files_after_the_answer_are_set_apart(place):
    drop(place.root, "1", "1.1")
    model = FakeModel()
    watched(place, model)
    drop(place.root, "2", "1.1")
    drop(place.root, "3", "1.1")
    watched(place, model)
    drop(place.root, "1", "1.1", images=9)  # written over
    watched(place, model)
    assert model.asked == [("1.1", 1)]
    record = place.record("1.1")
    assert place.files("changed") == [record]
    text = (place.out / "changed" / f"{record}.json").read_text(encoding="utf-8")
    assert '"files": 3' in text and '"number": 1' in text
    late = [line for line in place.log if "changed_after_its_answer" in line]
    assert [line.rpartition(" ")[2] for line in late] == ["files=2", "files=1"]
    watched(place, model)
    assert len([line for line in place.log if "changed_after" in line]) == 2


def test_a_study_that_stays_incomplete_has_failed(place):
    drop(place.root, "1", "1.1", study_objects=3)
    model = FakeModel()
    watched(place, model, seconds=700)
    assert not model.asked
    (row,) = place.rows()
    assert "1 of 3 objects of the study are here" in row[1]


def test_a_study_that_stays_incomplete_is_predicted_on_request(place):
    drop(place.root, "1", "1.1", study_objects=3)
    model = FakeModel()
    settings = WatchSettings(
        quiet_s=30, incomplete_after_s=60, take_incomplete=True, once=True
    )
    watched(place, model, seconds=200, settings=settings)
    assert not model.asked  # --once does not wait for what is to come
    later = WatchSettings(quiet_s=30, incomplete_after_s=60, take_incomplete=True)
    watched(place, model, seconds=200, settings=later)
    assert model.asked == [("1.1", 1)]


def test_a_study_that_changes_while_it_is_read_is_read_again(place):
    drop(place.root, "1", "1.1")

    class Slow(FakeModel):
        def predictions(self, files):
            if not self.asked:
                drop(place.root, "1", "1.1", images=5)
            return super().predictions(files)

    model = Slow()
    watched(place, model)
    assert model.asked == [("1.1", 1), ("1.1", 1)]
    assert [error for _, error in place.rows()] == [""]
    assert any("changed_while_it_was_read" in line for line in place.log)


def test_once_ends_when_what_is_complete_is_answered(place):
    drop(place.root, "1", "1.1")
    drop(place.root, "2", "1.2", series_objects=2)
    settings = WatchSettings(quiet_s=30, incomplete_after_s=600, once=True)
    begun = place.clock.now()
    assert watched(place, FakeModel(), seconds=999, settings=settings) == 0
    assert place.clock.now() - begun < 60
    assert [name for name, _ in place.rows()] == [place.record("1.1")]


def test_once_of_an_empty_folder_ends_at_once(place):
    begun = place.clock.now()
    settings = WatchSettings(once=True)
    assert watched(place, FakeModel(), settings=settings) == 0
    assert place.clock.now() == begun


def test_once_says_by_its_code_that_a_study_failed(place):
    drop(place.root, "1", "1.1")
    settings = WatchSettings(once=True)
    model = FakeModel(faults={"1.1": TORN})
    assert watched(place, model, settings=settings) == 1
    assert watched(place, model, settings=settings) == 0


def test_a_watcher_that_is_asked_to_stop_ends_after_the_study(place):
    for study in ("1.1", "1.2"):
        drop(place.root, study, study)

    class Stopping(FakeModel):
        def predictions(self, files):
            place.clock.stop_asked = True
            return super().predictions(files)

    assert watched(place, Stopping()) == 0
    assert len(place.rows()) == 1
    assert place.log[-1].endswith("ended answered=1 waiting=1")
    watched(place, FakeModel())
    assert len(place.rows()) == 2


def test_a_watcher_that_waits_for_the_model_leaves_the_study(place):
    drop(place.root, "1", "1.1")
    model = FakeModel(faults={"1.1": StopAskedError()})
    assert watched(place, model) == 0
    assert place.history().ends_amid(place.record("1.1")) == 0
    watched(place, FakeModel())
    assert [error for _, error in place.rows()] == [""]


def test_what_is_not_of_a_study_ends_the_watcher_and_the_next_goes_on(place):
    drop(place.root, "1", "1.1")
    with pytest.raises(DataError, match="full"):
        watched(place, FakeModel(faults={"1.1": DataError("full")}))
    watched(place, FakeModel())
    assert len(place.rows()) == 1


def test_a_study_that_ends_the_process_goes_behind_the_others_and_then_fails(place):
    for study in ("1.1", "1.2"):
        drop(place.root, study, study)

    class Crash(FakeModel):
        def predictions(self, files):
            if files[0].endswith("1.1"):
                raise KilledError
            return super().predictions(files)

    ends, model = 0, Crash()
    while len(place.rows() if (place.out / "result.csv").exists() else []) < 2:
        try:
            with killed_at_crash():
                watched(place, model)
        except KilledError:
            ends += 1
    assert ends == 5
    assert model.asked == [("1.2", 1)]
    assert "the process ended 5 times" in dict(place.rows())[place.record("1.1")]


def killed_at_crash():
    """Nothing is noted of a process that crashes."""
    from unittest import mock

    from zoo.watching.history import History

    note = History._note

    def noted(self, line):
        if "left" not in line:
            note(self, line)

    return mock.patch.object(History, "_note", noted)


def test_a_folder_that_is_away_for_a_while_is_waited_for(place):
    drop(place.root, "1", "1.1")
    model, away = FakeModel(), place.root.with_name("away")

    def meanwhile():
        if place.clock.now() == 1005:
            os.rename(place.root, away)
        elif place.clock.now() == 1100:
            os.rename(away, place.root)

    place.clock.meanwhile = meanwhile
    watched(place, model, seconds=300)
    assert any("folder_unreadable" in line for line in place.log)
    assert model.asked == [("1.1", 1)]


@st.composite
def arrivals(draw):
    """Files of some studies in any order, and where the watcher is killed."""
    studies = draw(st.integers(1, 4))
    files = [
        (f"1.{study}", number)
        for study in range(1, studies + 1)
        for number in range(draw(st.integers(1, 4)))
    ]
    seconds = st.integers(0, 25)  # of a study never apart for the quiet time
    order = draw(st.permutations(files))
    kills = draw(st.lists(st.integers(2, 60).map(lambda n: n / 2), max_size=6))
    starts = {f"1.{study}": draw(st.integers(0, 60)) for study in range(1, studies + 1)}
    came = [
        (starts[study] + draw(seconds), f"{place}/{study}-{number}", study)
        for place, (study, number) in enumerate(order)
    ]
    return came, kills


@given(arrivals())
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_whenever_files_arrive_and_it_is_killed_each_study_has_one_answer(drawn):
    came, kills = drawn
    with tempfile.TemporaryDirectory() as folder:
        place = Place.make(Path(folder), clock=FakeClock())
        arrive_by(place, came)
        for kill in [*kills, float("inf")]:
            with killed_at(kill):
                watched(place, FakeModel(), seconds=150)
        watched(place, model := FakeModel(), seconds=300)
        studies = {study for _, _, study in came}
        counts = {s: sum(1 for c in came if c[2] == s) for s in studies}
        names = sorted(place.record(study) for study in studies)
        assert place.files("answered") == names
        assert sorted(name for name, _ in place.rows()) == names
        assert sorted(place.history().answered) == names
        assert all(counts[study] == files for study, files in model.asked)
        assert not place.files("changed")
        assert not (place.out / ".watch/pending.json").exists()
        assert sorted(place.out.iterdir()) == sorted(
            place.out / name
            for name in ("answered", "failed", "changed", ".watch", "result.csv")
        )
