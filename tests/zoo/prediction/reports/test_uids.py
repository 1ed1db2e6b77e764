import re

from pydicom.uid import UID

from zoo.prediction.reports import uids


def test_uids_are_valid_and_short_enough():
    for uid in (uids.new(), uids.derived("series", "1.2.3", "ä")):
        assert UID(uid).is_valid and len(uid) <= 64
        assert re.fullmatch(r"2\.25\.(0|[1-9]\d*)", uid)


def test_new_ones_differ_and_derived_ones_follow_their_parts():
    assert uids.new() != uids.new()
    assert uids.derived("a", "b") == uids.derived("a", "b")
    assert uids.derived("a", "b/c") != uids.derived("a/b", "c", "")
    assert len({uids.derived("a", "b"), uids.derived("a"), uids.derived("b", "a")}) == 3
