"""A watcher that writes reports, killed at each of its steps."""

import itertools

import pytest

from pipelines.errors import StudyError
from pipelines.storage import atomic_files
from tests.zoo.watching.drops import FakeModel, FakeReports, Place, drop
from tests.zoo.watching.killing import killed_at
from tests.zoo.watching.test_watch import watched
from zoo.watching.settings import WatchSettings

ONCE = WatchSettings(once=True)
NEVER = float("inf")  # and then nothing is synced, which is slow
TORN = StudyError(code="torn", problem="it is torn", cure="Mend it", private="secret")
STUDIES = ("1.1", "1.2")
ENDS = ("picture", "report")


@pytest.fixture
def place(tmp_path):
    return Place.make(tmp_path)


def names(place):
    return sorted(path.name for path in place.sr.iterdir())


def of(place, *studies):
    """The names of the reports of studies."""
    return sorted(f"{place.record(s)}-{end}.dcm" for s in studies for end in ENDS)


def alike(place, study):
    """The report of a study, which has a picture of the same making."""
    report, picture = ((place.sr / name).read_bytes() for name in of(place, study))
    assert report == picture and report.startswith(f"{study}, ".encode())
    return report


def test_each_study_that_is_answered_has_a_report_and_a_picture(place):
    for study in ("1.1", "1.2", "1.3"):
        drop(place.root, study, study)
    make = FakeReports()
    watched(place, FakeModel(faults={"1.2": TORN}), make=make)
    assert names(place) == of(place, "1.1", "1.3")
    assert sorted(key for key, _ in make.made) == ["1.1", "1.3"]
    there = {name: (place.sr / name).stat().st_mtime_ns for name in names(place)}
    drop(place.root, "1.4", "1.4")
    watched(place, FakeModel(), make=make)
    assert names(place) == of(place, "1.1", "1.3", "1.4")
    assert sorted(key for key, _ in make.made) == ["1.1", "1.3", "1.4"]
    for name, time in there.items():
        assert (place.sr / name).stat().st_mtime_ns == time


def test_a_study_whose_report_fails_keeps_its_answer(place):
    for study in STUDIES:
        drop(place.root, study, study)
    make = FakeReports(faults={"1.2": TORN})
    assert watched(place, FakeModel(), settings=ONCE, make=make) == 1
    assert len(place.files("answered")) == 2 and not place.files("failed")
    assert [error for _, error in place.rows()] == ["", ""]
    assert names(place) == of(place, "1.1")
    (line,) = [line for line in place.log if " report_failed " in line]
    assert line.partition(" report_failed ")[2] == (
        f'study={place.record("1.2")} code=torn why="it is torn"'
    )
    assert watched(place, FakeModel(), settings=ONCE, make=FakeReports()) == 0
    assert names(place) == of(place, "1.1")


def test_a_study_that_changes_while_it_is_read_has_the_last_report_alone(place):
    drop(place.root, "1", "1.1")

    class Late(FakeReports):
        def __call__(self, *arguments):
            if not self.made:
                drop(place.root, "1", "1.1", images=5)
            return super().__call__(*arguments)

    watched(place, FakeModel(), make=Late())
    assert names(place) == of(place, "1.1")
    assert alike(place, "1.1") == b"1.1, the 2th"


def test_a_directory_that_can_t_be_written_ends_the_watcher_and_the_next_goes_on(
    place, monkeypatch
):
    drop(place.root, "1.1", "1.1")
    with monkeypatch.context() as full:
        full.setattr(atomic_files, "write_synced", no_room)
        with pytest.raises(OSError, match="No space"):
            watched(place, FakeModel(), make=FakeReports())
    assert not names(place) and not place.files("answered")
    watched(place, FakeModel(), make=FakeReports())
    assert names(place) == of(place, "1.1")
    assert place.history().ends_amid(place.record("1.1")) == 0


def no_room(path, content):
    path.write_bytes(content[:3])
    raise OSError(28, "No space left on device")


def test_studies_answered_without_reports_get_none_later(place):
    drop(place.root, "1.1", "1.1")
    watched(place, FakeModel())
    drop(place.root, "1.2", "1.2")
    watched(place, FakeModel(), make=FakeReports())
    drop(place.root, "1.3", "1.3")
    watched(place, FakeModel())
    assert names(place) == of(place, "1.2")
    assert len(place.rows()) == 3


def killed_everywhere(folder, *between, studies=STUDIES[:1]):
    """Places where a watcher of some studies was killed, each one step later.

    Args:
        between: is done after the kill, before the watcher that ends what is left.
    """
    for step in itertools.count(1, 0.5):
        place = Place.make(folder / str(step))
        for study in studies:
            drop(place.root, study, study)
        make = FakeReports()
        with killed_at(step):
            watched(place, FakeModel(), make=make)
        whole = bool(place.log) and " ended " in place.log[-1]
        with killed_at(NEVER):
            for act in between:
                act(place)
            watched(place, FakeModel(), make=make)
        yield place, make
        if whole:
            return


def check(place, *studies):
    """Each study has one answer."""
    records = sorted(map(place.record, studies))
    assert place.files("answered") == records
    assert sorted(name for name, _ in place.rows()) == records
    assert not list(place.out.rglob("*.part*"))
    assert not (place.out / ".watch/pending.json").exists()


def test_wherever_it_is_killed_each_study_has_one_report(tmp_path):
    steps = twice = 0
    for place, make in killed_everywhere(tmp_path, studies=STUDIES):
        check(place, *STUDIES)
        assert names(place) == of(place, *STUDIES)  # and nothing of the one killed
        for study in STUDIES:
            alike(place, study)
        steps += 1
        twice += len(make.made) > len(STUDIES)
    assert steps > 60
    assert 0 < twice < steps  # made anew where no answer had the first one's mark


def test_what_was_sent_before_a_restart_is_not_made_again(tmp_path):
    """A sender takes away what has its name: in the end it has each report once."""
    for place, _ in killed_everywhere(tmp_path, sent := Sender()):
        sent(place)
        check(place, "1.1")
        assert sorted(sent.took) == of(place, "1.1")
        assert names(place) == []
        sent.took.clear()


class Sender:
    """Moves the reports that are in their places away."""

    def __init__(self):
        self.took = []

    def __call__(self, place):
        for path in place.sr.glob("[!.]*.dcm"):
            self.took.append(path.name)
            path.unlink()


def test_a_start_without_reports_in_between_loses_none_that_was_answered_with(
    tmp_path,
):
    count = []
    for place, _ in killed_everywhere(tmp_path, lambda p: watched(p, FakeModel())):
        check(place, "1.1")
        answer = place.history().answered[place.record("1.1")]
        assert names(place) == (of(place, "1.1") if answer.reports else [])
        count.append(len(names(place)))
    assert set(count) == {0, 2}


def test_killed_twice_it_ends_as_well(tmp_path):
    for first, second in itertools.product(range(20, 60, 13), range(4, 40, 9)):
        place = Place.make(tmp_path / f"{first}-{second}")
        for study in STUDIES:
            drop(place.root, study, study)
        make = FakeReports()
        for step in (first, second + 0.5, NEVER):
            with killed_at(step):
                watched(place, FakeModel(), make=make)
        check(place, *STUDIES)
        assert names(place) == of(place, *STUDIES)
        for study in STUDIES:
            alike(place, study)
