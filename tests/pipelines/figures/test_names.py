import pytest

from pipelines.figures.names import places_of, short_names, wrapped

LONG = "glioblastoma multiforme with necrosis and oedema, grade four, recurrent"


def test_a_long_name_is_cut_and_whole_in_the_legend():
    names = short_names(["well", LONG, LONG + "?"], 20)
    assert names.shown == ("well", "glioblastoma mu… [1]", "glioblastoma mu… [2]")
    assert names.legend == (f"[1] {LONG}", f"[2] {LONG}?")
    assert max(map(places_of, names.shown)) == 20


def test_names_that_fit_stay_as_they_are():
    names = short_names(["胶质母细胞瘤", "well"], 12)
    assert names.shown == ("胶质母细胞瘤", "well") and names.legend == ()


def test_a_wide_letter_takes_two_places():
    assert short_names(["胶质母细胞瘤"], 11).shown == ("胶质母… [1]",)


def test_a_letter_keeps_its_marks():
    marked = "e\u0301" * 12
    assert short_names([marked], 10).shown == ("e\u0301" * 5 + "… [1]",)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a bc def", "a bc\ndef"),
        ("abcdefg h", "abcd\nefg\nh"),
        ("one\ntwo", "one\ntwo"),
        ("胶质母细", "胶质\n母细"),
        ("", ""),
    ],
)
def test_lines_that_fit(text, lines):
    assert wrapped(text, 4) == lines
