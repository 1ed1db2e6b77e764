import pytest

from pipelines.terminal.table import align, columns_shown

ROWS = [
    ("NAME", "NUMBER", "WORDS"),
    ("a", "1", "some long words to read"),
    ("bc", "1,000", "x"),
]


def aligned(width):
    return align(ROWS, right={1}, width=width).splitlines()


def test_all_that_fits():
    assert aligned(80) == [
        "NAME  NUMBER  WORDS",
        "a          1  some long words to read",
        "bc     1,000  x",
    ]
    assert columns_shown(ROWS, 80) == 3


def test_as_wide_as_need_be_and_flush_left():
    assert align(ROWS).splitlines() == [
        "NAME  NUMBER  WORDS",
        "a     1       some long words to read",
        "bc    1,000   x",
    ]


@pytest.mark.parametrize("width", [37, 36, 30, 26])
def test_the_last_is_cut(width):
    lines = aligned(width)
    assert columns_shown(ROWS, width) == 3
    assert max(map(len, lines)) == width
    assert lines[1].endswith("…" if width < 37 else "read")


def test_below_twelve_it_is_left_out():
    assert columns_shown(ROWS, 25) == 2
    assert aligned(25) == ["NAME  NUMBER", "a          1", "bc     1,000"]


def test_very_narrow():
    assert columns_shown(ROWS, 9) == 1


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="zip"):
        align([("a", "b"), ("c",)])
