import os

import pytest

from tests.zoo.watching.drops import SETTINGS, Place, drop
from zoo.watching.settings import WatchSettings

POLL_S = SETTINGS.poll_s


@pytest.fixture
def place(tmp_path):
    return Place.make(tmp_path)


def due(arrivals, now):
    study = arrivals.due(now, now)
    return None if study is None else study.study_key


def looks(arrivals, *times):
    """Looks at these times; what the last one brought."""
    return [arrivals.look(now) for now in times][-1]


def every(start, end):
    return range(start, end + 1, int(POLL_S))


def test_a_study_is_due_when_it_was_quiet_for_long_enough(place):
    arrivals = place.arrivals()
    drop(place.root, "a/1")
    looks(arrivals, *every(0, 25))
    assert due(arrivals, 25) is None
    looks(arrivals, 30)
    assert due(arrivals, 30) == "1.2.3"


def test_another_file_begins_the_quiet_time_again(place):
    arrivals = place.arrivals()
    drop(place.root, "a/1")
    looks(arrivals, *every(0, 25))
    drop(place.root, "b/deep/er/2")
    looks(arrivals, *every(30, 55))
    assert due(arrivals, 59) is None
    looks(arrivals, 60)
    study = arrivals.due(60, 60)
    assert [*arrivals.paths(study)] == [
        str(place.root / "a/1"),
        str(place.root / "b/deep/er/2"),
    ]


def test_interleaved_studies_are_due_by_themselves(place):
    arrivals = place.arrivals()
    drop(place.root, "1", "1.1")
    looks(arrivals, 0, 5)
    for second in every(10, 40):  # the other one never rests
        drop(place.root, f"x{second}", "1.2")
        looks(arrivals, second)
    assert due(arrivals, 40) == "1.1"


def test_a_file_that_came_in_the_quiet_time_is_awaited_though_nobody_looked(place):
    arrivals = place.arrivals()
    drop(place.root, "1")
    looks(arrivals, 0, 5, 10)
    drop(place.root, "2")  # at 15, while another study was predicted
    looks(arrivals, 90)
    assert due(arrivals, 90) is None
    looks(arrivals, 95)
    assert due(arrivals, 119) is None
    looks(arrivals, 120)
    assert len(arrivals.due(120, 120).files) == 2


def test_a_growing_file_is_not_read_and_holds_its_study_up(place, monkeypatch):
    arrivals = place.arrivals()
    drop(place.root, "1")
    read, reading = [], arrivals._read
    monkeypatch.setattr(
        arrivals, "_read", lambda path: read.append(path) or reading(path)
    )
    grown = place.root / "2"
    for second in every(0, 60):
        with open(grown, "a", encoding="utf-8") as file:
            file.write("{")
        looks(arrivals, second)
    assert read == [str(place.root / "1")]
    assert due(arrivals, 60) is None


def test_a_growing_file_holds_up_no_study_for_ever(place):
    arrivals = place.arrivals()
    drop(place.root, "1")
    for second in range(0, 601, 5):
        with open(place.root / "2", "a", encoding="utf-8") as file:
            file.write("{")
        looks(arrivals, second)
        assert (due(arrivals, second) == "1.2.3") == (second >= 600)


def test_a_log_that_is_written_on_is_no_study_s(place):
    arrivals = place.arrivals()
    drop(place.root, "1")
    ignored = 0
    for second in every(0, 60):
        with open(place.root / "transfer.log", "a", encoding="utf-8") as file:
            file.write("sent\n")
        ignored += looks(arrivals, second).ignored["not DICOM"]
    assert ignored == 1
    assert due(arrivals, 60) == "1.2.3"


def test_a_file_whose_transfer_pauses_within_the_header_is_waited_for(place):
    arrivals = place.arrivals()
    drop(place.root, "1")
    drop(place.root, "2")
    whole = (place.root / "2").read_text(encoding="utf-8")
    (place.root / "2").write_text("", encoding="utf-8")
    looks(arrivals, *every(0, 10))
    (place.root / "2").write_text("{", encoding="utf-8")  # nothing that can be read
    news = [looks(arrivals, second) for second in every(15, 40)]
    assert due(arrivals, 40) is None
    (place.root / "2").write_text(whole, encoding="utf-8")
    news += [looks(arrivals, second) for second in every(45, 80)]
    assert not any(each.ignored for each in news)
    assert len(arrivals.due(80, 80).files) == 2


def test_a_file_that_stays_unreadable_is_read_when_it_changes(place):
    arrivals = place.arrivals()
    (place.root / "2").write_text("{", encoding="utf-8")
    news = [looks(arrivals, second) for second in every(0, 60)]
    assert sum(each.ignored["unreadable"] for each in news) == 1
    drop(place.root, "2")
    looks(arrivals, *every(65, 95))
    assert due(arrivals, 95) == "1.2.3"


@pytest.mark.parametrize("name", ["2.part", "2.tmp", ".2.dcm.x7", "~2", "2.dcm.PART"])
def test_temporary_names_are_never_read_and_hold_up_while_they_change(place, name):
    arrivals = place.arrivals()
    drop(place.root, "1")
    looks(arrivals, *every(0, 20))
    drop(place.root, name)
    looks(arrivals, *every(25, 50))
    assert due(arrivals, 50) is None
    os.rename(place.root / name, place.root / "2")
    looks(arrivals, *every(55, 80))
    assert due(arrivals, 80) is None
    looks(arrivals, 85)
    assert len(arrivals.due(85, 85).files) == 2


def test_a_temporary_file_that_was_left_behind_holds_nobody_up(place):
    arrivals = place.arrivals()
    drop(place.root, "1")
    drop(place.root, "2.part")
    looks(arrivals, *every(0, 30))
    assert len(arrivals.due(30, 30).files) == 1


def test_an_empty_file_becomes_one_of_the_study_when_it_is_filled(place):
    arrivals = place.arrivals()
    drop(place.root, "1")
    (place.root / "2").touch()
    looks(arrivals, *every(0, 25))
    drop(place.root, "2")
    looks(arrivals, *every(30, 60))
    assert len(arrivals.due(60, 60).files) == 2


def test_a_file_that_may_not_be_read_is_told_once_and_read_later(place, monkeypatch):
    arrivals = place.arrivals()
    allowed = arrivals._read

    def refuse(path):
        raise PermissionError

    monkeypatch.setattr(arrivals, "_read", refuse)
    drop(place.root, "1")
    news = [looks(arrivals, second) for second in every(0, 30)]
    assert sum(each.ignored["may not be read"] for each in news) == 1
    monkeypatch.setattr(arrivals, "_read", allowed)
    looks(arrivals, *every(35, 65))
    assert due(arrivals, 65) == "1.2.3"


def test_links_are_not_followed(place, tmp_path):
    drop(tmp_path / "elsewhere", "2", "9.9")
    os.symlink(tmp_path / "elsewhere", place.root / "folder")
    os.symlink(tmp_path / "elsewhere/2", place.root / "file")
    os.symlink(place.root, place.root / "round")
    os.mkfifo(place.root / "pipe")
    arrivals = place.arrivals()
    drop(place.root, "1")
    looks(arrivals, *every(0, 30))
    assert arrivals.files == 1
    assert len(arrivals.due(30, 30).files) == 1


def test_a_study_that_announces_more_is_waited_for_and_then_given_up(place):
    arrivals = place.arrivals()
    drop(place.root, "1", series_objects=2)
    looks(arrivals, *every(0, 30))
    assert due(arrivals, 30) is None
    looks(arrivals, 629)
    assert due(arrivals, 629) is None
    looks(arrivals, 630)
    study = arrivals.due(630, 630)
    assert study.missing == "1 of 2 objects of a series are here"


def test_the_rest_of_an_announced_study_completes_it(place):
    arrivals = place.arrivals()
    drop(place.root, "1", series_objects=2)
    looks(arrivals, *every(0, 60))
    assert due(arrivals, 60) is None
    drop(place.root, "2", series_objects=2)
    looks(arrivals, *every(65, 95))
    study = arrivals.due(95, 95)
    assert (len(study.files), study.missing) == (2, "")


def test_the_wait_for_what_is_announced_goes_on_after_a_restart(place):
    drop(place.root, "1", series_objects=2)
    arrivals = place.arrivals()
    looks(arrivals, *every(0, 30))
    assert due(arrivals, 30) is None  # notes that it is short
    again = place.arrivals()
    looks(again, *every(600, 630))
    assert due(again, 629) is None
    assert due(again, 630) == "1.2.3"


def test_files_that_change_or_go_before_the_answer_are_waited_for_again(place):
    arrivals = place.arrivals()
    drop(place.root, "1")
    drop(place.root, "2")
    looks(arrivals, *every(0, 30))
    study = arrivals.due(30, 30)
    drop(place.root, "2", images=7)
    assert not arrivals.is_unchanged(study, 31)
    assert due(arrivals, 31) is None
    looks(arrivals, *every(35, 60))
    assert due(arrivals, 60) is None
    looks(arrivals, 65)
    study = arrivals.due(65, 65)
    assert arrivals.is_unchanged(study, 65)
    for path in arrivals.paths(study):
        os.unlink(path)
    assert not arrivals.is_unchanged(study, 66)
    looks(arrivals, 70)
    assert (arrivals.awaited, arrivals.files, arrivals.is_idle) == (0, 0, True)


def test_an_answered_file_is_looked_at_seldom(place, monkeypatch):
    history = place.history()
    drop(place.root, "1")
    status = os.stat(place.root / "1")
    token = history.token("1", status.st_size, status.st_mtime_ns)
    history._take({"late": "p0", "files": ""})
    history._tokens.add(token)
    arrivals = place.arrivals(history)
    looks(arrivals, 0, 700)
    asked = []
    monkeypatch.setattr(arrivals._files["1"].__class__, "is_as", asked.append)
    looks(arrivals, 705, 710)
    assert not asked
    looks(arrivals, 1300)
    assert len(asked) == 1


def test_a_folder_that_may_not_be_listed_keeps_its_files(place, monkeypatch):
    arrivals = place.arrivals()
    drop(place.root, "a/1")
    looks(arrivals, 0, 5)
    scan = os.scandir

    def refuse(path):
        if str(path).rstrip("/").endswith("/a"):
            raise PermissionError
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert looks(arrivals, 10).unreadable_folders == 1
    assert (arrivals.files, arrivals.awaited) == (1, 1)


def test_a_root_that_is_gone_is_an_error_and_forgets_nothing(place, monkeypatch):
    arrivals = place.arrivals()
    drop(place.root, "1")
    looks(arrivals, 0, 5)
    os.rename(place.root, place.root.with_name("gone"))
    with pytest.raises(FileNotFoundError):
        arrivals.look(10)
    assert arrivals.awaited == 1


@pytest.mark.parametrize("quiet_s", [0.6, 30.0, 300.0])
def test_a_look_comes_several_times_in_the_quiet_time(quiet_s):
    settings = WatchSettings(quiet_s=quiet_s)
    assert settings.poll_s <= quiet_s / 6 and settings.poll_s <= 5
