import pytest

from pipelines import command
from tests.zoo.training import trained
from zoo import plan, train
from zoo.recipes import recipe as recipes
from zoo.runs.run import Run


def run(*arguments):
    return command.run(plan.main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return trained.data_set(tmp_path_factory.mktemp("planned") / "data").path


def test_the_recipe_is_printed_and_the_table_beside_it(data, tmp_path, capsys):
    assert run("--data", data) == 0
    shown = capsys.readouterr()
    (tmp_path / "mine.toml").write_text(shown.out, encoding="utf-8")
    assert recipes.load(str(tmp_path / "mine.toml")).arch == "cnn3d"
    assert "SETTING" in shown.err and "! Some 2 samples of" in shown.err


def test_with_out_the_recipe_is_a_file_and_its_path_comes_last(data, tmp_path, capsys):
    out = tmp_path / "mine.toml"
    assert run("--data", data, "--mirror", "width", "--out", out) == 0
    assert recipes.load(str(out)).augmentation.spatial.flip == ("width",)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == str(out)
    assert any("SETTING" in line for line in lines)


@pytest.mark.parametrize(
    ("asked", "taken"), [([], "--folds all"), (["--fold", "1"], "--fold 1")]
)
def test_the_next_command_says_which_fold_is_to_be_trained(
    asked, taken, tmp_path, capsys
):
    counts = {("fold", str(number)): 6 for number in range(3)}
    path = tmp_path / "data"
    trained.data_set(path, counts=counts, kind="folds", folds=3)
    out = tmp_path / "mine.toml"
    assert run("--data", path, "--out", out, *asked) == 0
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"next: python -m zoo.train --recipe {out} --data {path} {taken}"
    )


def test_a_data_set_that_cant_be_planned_for_exits_with_1(tmp_path, capsys):
    counts = {("train", ""): 8, ("test", ""): 4}
    data = trained.data_set(tmp_path / "data", counts=counts)
    assert run("--data", data.path) == 1
    assert "no patient validates" in capsys.readouterr().err


def test_training_takes_the_plan_and_options_override_it(data, tmp_path, capsys):
    out = tmp_path / "run"
    argv = ["--data", data, "--out", str(out), "--epochs", "2"]
    argv += ["--optimisation.patience", "2", "--evaluation.bootstrap", "200"]
    assert command.run(train.main, argv) == 0
    assert "No --arch and no --recipe, so planned: cnn3d" in capsys.readouterr().err
    made = Run.open(out)
    assert (made.recipe.arch, made.recipe.optimisation.epochs) == ("cnn3d", 2)
    planned = recipes.load(str(out / "plan.toml"))
    assert planned.optimisation.epochs == 50
    assert planned.optimisation.batch_size == made.recipe.optimisation.batch_size
    facts = (out / "environment.json").read_text(encoding="utf-8")
    assert '"recipe": "planned"' in facts


def test_folds_keep_the_plan_beside_their_recipe(tmp_path, monkeypatch):
    counts = {("fold", str(number)): 6 for number in range(3)}
    data = trained.data_set(tmp_path / "data", counts=counts, kind="folds", folds=3)
    monkeypatch.setattr(train.train_folds, "train", lambda *_, **__: ["0"])
    argv = ["--data", data.path, "--folds", "all", "--out", str(tmp_path / "all")]
    assert command.run(train.main, argv) == 1
    planned = recipes.load(str(tmp_path / "all" / "plan.toml"))
    assert planned == recipes.load(str(tmp_path / "all" / "recipe.toml"))


@pytest.mark.parametrize("given", ["--arch", "--recipe"])
def test_a_network_or_recipe_named_leaves_nothing_to_plan(given, data, monkeypatch):
    monkeypatch.setattr(train, "data_plan", None)
    argv = ["--data", data, given, "nosuch"]
    assert command.run(train.main, argv) == 2
