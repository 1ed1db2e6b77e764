import pytest

from zoo.catalogue.columns import align, size

HEADINGS = ("NAME", "NUMBER", "WORDS")
ROWS = [("a", "1", "some long words to read"), ("bc", "1,000", "x")]


def aligned(width):
    return align(HEADINGS, ROWS, numbers=("NUMBER",), width=width)


def test_all_that_fits():
    assert aligned(80) == (
        [
            "NAME  NUMBER  WORDS",
            "a          1  some long words to read",
            "bc     1,000  x",
        ],
        [],
    )


@pytest.mark.parametrize("width", [37, 36, 30, 26])
def test_the_last_is_cut(width):
    lines, missing = aligned(width)
    assert not missing
    assert max(map(len, lines)) == width
    assert lines[1].endswith("…" if width < 37 else "read")


def test_below_twelve_it_is_left_out():
    lines, missing = aligned(25)
    assert missing == ["WORDS"]
    assert lines == ["NAME  NUMBER", "a          1", "bc     1,000"]


def test_very_narrow():
    assert aligned(9)[1] == ["NUMBER", "WORDS"]


def test_sizes():
    assert size((64, 128, 128, 1)) == "64x128x128x1"
