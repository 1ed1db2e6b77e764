"""Lines of keys in a TOML file."""

import pytest

from pipelines.storage.toml_lines import line_of, lines_of, repeated

TEXT = '''name = "a" # 1
long = """
[not.a.table]
""" # 2 to 4

[[several]]
name = "b"
[several.inner]
size = [
  1,
  2,
]
[[several]]
other.part = 1
[[several.deep]]
[[several.deep]]
x = 1
[table]
[table.below]
'''


def test_every_key_and_table_has_its_line():
    assert lines_of(TEXT) == {
        ("name",): 1,
        ("long",): 2,
        ("several", 0): 6,
        ("several", 0, "name"): 7,
        ("several", 0, "inner"): 8,
        ("several", 0, "inner", "size"): 9,
        ("several", 1): 13,
        ("several", 1, "other"): 14,
        ("several", 1, "other", "part"): 14,
        ("several", 1, "deep", 0): 15,
        ("several", 1, "deep", 1): 16,
        ("several", 1, "deep", 1, "x"): 17,
        ("table",): 18,
        ("table", "below"): 19,
    }


def test_what_stands_nowhere_is_told_by_what_is_around_it():
    lines = lines_of(TEXT)
    assert line_of(("several", 0, "inner", "size", 1), lines) == 9
    assert line_of(("several", 1, "absent"), lines) == 13
    assert line_of(("absent",), lines) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\nb = 2\na = 3\n", "the key a is given twice, in the lines 1 and 3"),
        (
            "[t]\na = [\n1,\n]\n\n[u]\na = 1\n[t]\nb = 1\n",
            "the table [t] is given twice, in the lines 1 and 8",
        ),
        ("[t]\na.b = 1\na.b = 2\n", "the key a.b is given twice, in the lines 2 and 3"),
        ("[[t]]\na = 1\n[[t]]\na = 1\n[[t]]\na = 1\n", None),
        ("[[t]]\n[t.u]\n[[t]]\n[t.u]\n", None),
        ("a 1\n", None),
    ],
)
def test_what_is_given_twice(text, said):
    assert repeated(text) == said
