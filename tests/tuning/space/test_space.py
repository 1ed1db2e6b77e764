import pytest

from pipelines.errors import DataError, UsageError
from tuning.space import space as spaces

TEXT = """
[optimisation.weight_decay]
log = [1e-5, 1e-2]
when = { "optimisation.optimizer" = "adamw" }

[optimisation.optimizer]
choice = ["adam", "adamw"]
"""
OTHERWISE = """
"optimisation.optimizer" = { choice = ["adam", "adamw"] }
"optimisation.weight_decay".when = { optimisation.optimizer = ["adamw"] }
"optimisation.weight_decay".log = [0.00001, 0.01]
"""


def read(tmp_path, text):
    path = tmp_path / "space.toml"
    path.write_text(text, encoding="utf-8")
    return spaces.load(str(path))


def test_a_parameter_stands_behind_what_its_condition_names(tmp_path):
    space = read(tmp_path, TEXT)
    assert space.names == ("optimisation.optimizer", "optimisation.weight_decay")


def test_sections_may_be_written_as_toml_has_them(tmp_path):
    space = read(tmp_path, OTHERWISE)
    assert space.names == ("optimisation.optimizer", "optimisation.weight_decay")


def test_the_digest_is_of_what_is_searched_and_not_of_how_it_is_written(tmp_path):
    assert read(tmp_path, TEXT).digest == read(tmp_path, OTHERWISE).digest


def test_another_space_has_another_digest(tmp_path):
    other = read(tmp_path, TEXT.replace("1e-2", "1e-1"))
    assert read(tmp_path, TEXT).digest != other.digest


def test_a_space_reads_back_as_it_was(tmp_path):
    space = read(tmp_path, TEXT)
    assert read(tmp_path, spaces.to_toml(space)) == space


def test_a_choice_takes_the_place_of_what_the_space_says(tmp_path):
    space = read(tmp_path, TEXT + '[arch]\nchoice = ["resnet18"]')
    chosen = spaces.with_choice(space, "arch", ("cnn3d", "inception"))
    assert chosen.get("arch").values == ("cnn3d", "inception")
    assert chosen.names.count("arch") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a space wants a line at least"),
        ("a = 3", "space.toml: a: wants one of"),
        ("[a]\nrnge = [1, 2]\nwhen = {arch = 'cnn3d'}", "toml: a: wants one of"),
        ('"b.c" = {choice=[1]}\n[b]\nc = {choice=[2]}', "b.c stands twice"),
        (
            "a = {choice=[1, 2], when={b=1}}\nb = {choice=[1, 2], when={a=1}}",
            "conditions go in a circle",
        ),
        ("a = ", "space.toml is not TOML"),
    ],
)
def test_a_file_that_is_no_space_is_refused(tmp_path, text, words):
    with pytest.raises(DataError, match=words):
        read(tmp_path, text)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "space.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="is not UTF-8 text"):
        spaces.load(str(tmp_path / "space.toml"))


def test_a_folder_is_refused(tmp_path):
    (tmp_path / "space.toml").mkdir()
    with pytest.raises(DataError, match="can't be read: Is a directory"):
        spaces.load(str(tmp_path / "space.toml"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="space.toml does not exist"):
        spaces.load(str(tmp_path / "space.toml"))


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(UsageError, match="no space named 'cnn4d'.*cnn3d, convnext"):
        spaces.load("cnn4d")
