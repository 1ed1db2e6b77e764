"""The same voxels under two ids."""

from pipelines.cohort.duplicates import duplicate_groups, rejection


def test_groups_keep_the_order_they_were_given_in():
    rows = [("d", "1"), ("a", "2"), ("c", "1"), ("b", "3"), ("e", "1"), ("f", "2")]
    assert duplicate_groups(rows) == [("d", "c", "e"), ("a", "f")]


def test_a_sample_is_no_duplicate_of_itself_or_of_nothing():
    assert duplicate_groups([("a", "1"), ("a", "1"), ("b", ""), ("c", "")]) == []


def test_the_rejection_says_what_to_do():
    same = rejection("sample ab12", same_patient=True)
    other = rejection("sample ab12", same_patient=False)
    assert same.code == other.code == "duplicate_study"
    assert "sample ab12, of the same patient" in same.problem
    assert "another patient id" in other.problem
    assert "label" in other.cure


def test_a_single_sequence_is_named():
    one = rejection("sample ab12", same_patient=False, channels=("T2WI",))
    assert one.code == "duplicate_sequence"
    assert "its T2WI are those of sample ab12, of another patient id" in one.problem
