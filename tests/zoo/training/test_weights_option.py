import pytest

from pipelines.errors import UsageError
from zoo.training.weights_option import without_place


@pytest.mark.parametrize(
    "argv", [[], ["--weights", "imagenet"], ["--weights=none", "--arch", "cnn3d"]]
)
def test_kinds_stay(argv):
    assert without_place(argv) == (argv, None)


def test_a_file(tmp_path):
    mine = str(tmp_path / "mine.npz")
    (tmp_path / "mine.npz").write_bytes(b"")
    assert without_place(["--weights", mine]) == (["--weights", "file"], mine)
    assert without_place([f"--weights={mine}"]) == (["--weights=file"], mine)


def test_a_run(tmp_path):
    (tmp_path / "recipe.toml").write_text("", encoding="utf-8")
    named = ["--weights", str(tmp_path), "--seed", "1"]
    changed = (["--weights", "run", "--seed", "1"], str(tmp_path))
    assert without_place(named) == changed


def test_all_folds_of_a_cross_validation(tmp_path):
    for name in ("recipe.toml", "cross_validation.json"):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(
        UsageError, match="holds the folds .* Name a fold, e.g. .*fold-0"
    ):
        without_place(["--weights", str(tmp_path)])


def test_nothing_there(tmp_path):
    with pytest.raises(UsageError, match="Received: file, which does not exist"):
        without_place(["--weights", "file"])
    with pytest.raises(UsageError, match="a directory that is no run"):
        without_place(["--weights", str(tmp_path)])
