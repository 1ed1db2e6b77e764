import pytest

from zoo.runs import seen_patients


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"test": 1}, "1 patient of the test split"),
        (
            {"validation": 4, "test": 5},
            "4 patients of the validation and 5 of the test split",
        ),
    ],
)
def test_counts_in_words(counts, words):
    assert seen_patients.in_words(counts) == words
    assert seen_patients.note(counts).startswith(f"SEEN BEFORE: {words} trained the")


def test_nothing_is_said_where_nobody_was_seen():
    assert seen_patients.note({}) == ""
