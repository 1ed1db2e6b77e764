import tomllib

from pipelines.storage import config_files
from tests.zoo.planning.made import facts
from zoo.planning import plan, rule_table, text
from zoo.recipes.recipe import Recipe

TABLE = rule_table.shipped()
MADE = plan.make(facts(), TABLE, mirror=("width",))


def test_the_file_is_the_recipe():
    fields = tomllib.loads(text.toml(MADE))
    assert config_files.build(Recipe, fields, name="recipe") == MADE.recipe


def test_above_every_field_stands_its_rule_and_why():
    lines = text.toml(MADE).splitlines()
    for setting in MADE.settings:
        name = setting.field.rpartition(".")[2]
        (place,) = [n for n, line in enumerate(lines) if line.startswith(f"{name} =")]
        above = place - 1
        while not lines[above].startswith(f"# {setting.rule}: "):
            assert lines[above].startswith("# ")
            above -= 1
    assert max(map(len, lines)) <= 88


def test_the_file_says_what_was_left_out_and_what_to_mind():
    made = plan.make(facts(), TABLE, without={"acdc"})
    shown = text.toml(made)
    assert "# Without what was seen of acdc." in shown
    assert "# Mind: Whether sides matter" in shown


def test_the_table_fits_the_terminal():
    shown = text.shown(plan.make(facts(), TABLE), width=80)
    assert max(map(len, shown.splitlines()[1:])) <= 80
    assert '"cnn3d"' in shown
    assert "! Whether sides matter" in shown


def test_one_line_says_network_length_rate_and_normalisation():
    assert text.line(MADE) == (
        "cnn3d, 50 epochs of batches of 8, learning rate 0.001, normalisation zscore, "
        "mirrored"
    )
