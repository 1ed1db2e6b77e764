import pytest

from pipelines.errors import UsageError
from pipelines.privacy.privacy import Key, pseudonym
from zoo.watching.history import Answered, History, utc

KEY, OTHER = (Key(secret=bytes([n]) * 32) for n in (1, 2))
ANSWER = Answered(number=1, time="2031-05-09T07:30:00Z", outcome="answered")


def test_a_study_is_named_as_ingest_names_it(tmp_path):
    history = History(tmp_path / "j", KEY)
    assert history.record("1.2.3") == pseudonym(KEY, "study", "1.2.3")
    assert history.patient("P7") == pseudonym(KEY, "patient", "P7")


def test_what_was_noted_is_known_again(tmp_path):
    history = History(tmp_path / "j", KEY)
    history.begin(["number", "class"])
    tokens = [history.token(path, 9, 8) for path in ("a", "b")]
    history.note_answer("p1", ANSWER, tokens)
    late = history.token("c", 9, 8)
    history.note_late("p1", [late])
    again = History(tmp_path / "j", KEY)
    assert again.answered == {"p1": ANSWER}
    assert again.columns == ("number", "class")
    assert all(again.is_known(token) for token in [*tokens, late])
    assert not again.is_known(again.token("d", 9, 8))
    assert (again.late["p1"], again.next_number()) == (1, 2)


def test_a_file_is_another_by_path_size_and_time_and_key(tmp_path):
    history = History(tmp_path / "j", KEY)
    tokens = {
        history.token(*about) for about in (("a", 1, 1), ("a", 2, 1), ("a", 1, 2))
    }
    tokens |= {
        history.token("b", 1, 1),
        History(tmp_path / "k", OTHER).token("a", 1, 1),
    }
    assert len(tokens) == 5
    assert {len(token) for token in tokens} == {8}


def test_another_model_or_key_is_refused(tmp_path):
    History(tmp_path / "j", KEY).begin(["number", "class"])
    History(tmp_path / "j", KEY).begin(["number", "class"])
    with pytest.raises(UsageError, match="another --out for another model.*grade"):
        History(tmp_path / "j", KEY).begin(["number", "grade"])
    with pytest.raises(UsageError, match="named under another key"):
        History(tmp_path / "j", OTHER)


def test_ends_of_the_process_amid_a_study_are_counted(tmp_path):
    history = History(tmp_path / "j", KEY)
    history._note({"begun": "p1"})  # and killed
    with pytest.raises(KeyboardInterrupt), history.at_work("p1"):
        assert history.ends_amid("p1") == 2
        raise KeyboardInterrupt
    assert History(tmp_path / "j", KEY).ends_amid("p1") == 1
    with history.at_work("p1"):
        history.note_answer("p1", ANSWER, [])
    assert History(tmp_path / "j", KEY).ends_amid("p1") == 0


def test_since_when_a_study_is_short_is_kept_while_nothing_comes(tmp_path):
    history = History(tmp_path / "j", KEY)
    assert history.short_since("p1", 3, 100.0) == 100.0
    again = History(tmp_path / "j", KEY)
    assert again.short_since("p1", 3, 150.0) == 100.0
    assert again.short_since("p1", 4, 160.0) == 160.0
    assert again.short_since("p1", 4, 90.0) == 90.0  # somebody set the clock back


def test_times_are_utc():
    assert utc(0) == "1970-01-01T00:00:00Z"
