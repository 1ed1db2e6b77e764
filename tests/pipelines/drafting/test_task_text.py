"""Values become TOML that reads back as they were."""

import tomllib

from pipelines.drafting.task_text import Section, sequence_text, table, text_of
from pipelines.storage.config_files import build, toml_line
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.task import Grid

RULES = Sequence(
    name='T2 "fs"',
    directions="trace",
    match=Match(description=r"^ *(动脉\ 1) *$", b_value=(0.0, 50.0), contrast=False),
    or_match=(Match(scanning_sequence=("SE", "IR"), plane="axial"),),
)


def test_a_sequence_reads_back():
    text = text_of([Section(text=sequence_text(RULES), comments=("why",))])
    assert text.startswith("# why\n[[sequences]]")
    assert build(Sequence, tomllib.loads(text)["sequences"][0], name="text") == RULES


def test_what_is_as_by_default_is_not_said():
    grid = Grid(shape=(8, 64, 64))
    assert table("grid", grid) == "[grid]\nshape = [8, 64, 64]"


def test_comments_are_folded_and_tables_in_them_are_not():
    wide = "  " + "x " * 60
    text = text_of([Section(text="", comments=("word " * 30, wide.rstrip()))])
    lines = text.splitlines()
    assert all(len(line) <= 88 for line in lines[:-1]) and len(lines) == 3
    assert lines[-1] == f"# {wide.rstrip()}"


def test_what_is_not_active_is_a_comment():
    text = text_of([Section(text=sequence_text(RULES), active=False)])
    assert tomllib.loads(text) == {}
    again = "\n".join(line.removeprefix("# ") for line in text.splitlines())
    assert tomllib.loads(again.replace("\n#\n", "\n\n"))["sequences"]


def test_a_line_of_toml_holds_lists_and_tables():
    line = toml_line("levels", {"sex at birth": ["F", "M"], "n": [1, 2.5]})
    assert line == 'levels = { "sex at birth" = ["F", "M"], n = [1, 2.5] }'
    assert tomllib.loads(line)["levels"]["sex at birth"] == ["F", "M"]
