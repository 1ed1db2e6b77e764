import pytest

from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from tests.zoo.runs.test_run import begin
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe
from zoo.recipes.transfer import Transfer
from zoo.training import command_line


def test_overrides_change_the_named_recipe_alone(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(
        "arch = 'cnn3d'\n[optimisation]\nepochs = 7\npatience = 3\n", encoding="utf-8"
    )
    parsed = command_line.parse(
        [
            *("--recipe", str(mine), "--data", "somewhere"),
            *("--optimisation.learning-rate", "1e-4", "--slices.depth", "0.2", "0.8"),
        ]
    )
    assert parsed.recipe == Recipe(
        arch="cnn3d",
        slices=Slices(depth=(0.2, 0.8)),
        optimisation=Optimisation(epochs=7, patience=3, learning_rate=1e-4),
    )


def test_augment_takes_the_place_of_the_recipes_augmentation(tmp_path):
    recipe, preset = tmp_path / "mine.toml", tmp_path / "preset.toml"
    recipe.write_text(
        "seed = 3\n[augmentation.spatial]\nflip = ['width']\n", encoding="utf-8"
    )
    preset.write_text("[spatial]\nflip = ['depth']\n", encoding="utf-8")
    argv = ["--recipe", str(recipe), "--data", "somewhere", "--augment"]
    flips = [
        command_line.parse([*argv, *rest]).recipe.augmentation.spatial.flip
        for rest in (
            [str(preset)],
            ["none"],
            [str(preset), "--augmentation.spatial.flip", "height"],
        )
    ]
    assert flips == [("depth",), (), ("height",)]
    assert command_line.parse([*argv, "none"]).recipe.seed == 3


def test_a_run_is_resumed_with_its_own_augmentation(tmp_path):
    run = begin(tmp_path / "run")
    argv = ["--out", str(run.path), "--resume", "--augment", "none"]
    with pytest.raises(UsageError, match="without --recipe and --augment"):
        command_line.parse(argv)


def test_short_options_stand_for_long_ones():
    argv = ["--data", "somewhere", "--batch", "32", "--accumulate", "2", "--lr", "1e-4"]
    argv += ["--epochs", "9"]
    assert command_line.parse(argv).recipe.optimisation == Optimisation(
        batch_size=32, accumulate=2, learning_rate=1e-4, epochs=9
    )


def test_stages_are_lists_on_the_command_line():
    argv = ["--data", "somewhere", "--weights", "imagenet"]
    argv += ["--transfer.frozen", "all", "50%", "none", "--transfer.epochs", "5", "10"]
    argv += ["--transfer.batch-normalisation", "frozen"]
    assert command_line.parse(argv).recipe.transfer == Transfer(
        frozen=("all", "50%", "none"), epochs=(5, 10), batch_normalisation="frozen"
    )


def test_a_learning_rate_may_be_left_to_be_found():
    parsed = command_line.parse(["--data", "somewhere", "--lr", "auto"])
    assert parsed.recipe.optimisation.learning_rate == "auto"


def test_without_data_the_first_run_is_the_start_and_with_data_the_defaults():
    first = command_line.parse(["--arch", "inception"])
    assert first.data is None
    assert first.recipe.arch == "inception"
    assert command_line.parse(["--data", "somewhere"]).recipe == Recipe()


@pytest.mark.parametrize(
    "argv",
    [
        ["--optimisation.epochs", "0"],
        ["--optimisation.epochs", "many"],
        ["--nonsense", "1"],
    ],
)
def test_wrong_values_exit_with_2(argv, capsys):
    with pytest.raises(SystemExit) as left:
        command_line.parse(argv)
    assert left.value.code == 2
    assert "epochs" in argv[0] or argv[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed = -1", "seed must be from 0 to 4294967295. Received: -1"),
        ("[head]\nunits = [0]", "head.units must be from 1 to 65536. Received: 0"),
        ("[optimisation]\nlearning_rate = nan", "learning_rate must be .*: nan"),
        (f"[mixmatch]\nweight = 1{'0' * 400}", "expected a smaller number"),
        (
            "[mixmatch]\nweight = 75\n[augmentation.mixing]\nmixup = 0.5",
            "mixmatch mixes the samples itself",
        ),
    ],
)
def test_a_file_of_what_cannot_be_is_an_error_of_the_file(text, message, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=f"mine.toml.*{message}"):
        command_line.parse(["--recipe", str(mine)])


def test_a_preset_that_does_not_go_with_the_recipe_is_an_error(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text("[mixmatch]\nweight = 75\n", encoding="utf-8")
    with pytest.raises(UsageError, match="--augment nash: mixmatch mixes the samples"):
        command_line.parse(["--recipe", str(mine), "--augment", "nash"])


def test_a_place_for_the_run_that_cannot_be_is_an_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    argv = ["--data", "somewhere", "--out"]
    with pytest.raises(UsageError, match="exists. Choose another --out"):
        command_line.parse([*argv, str(tmp_path / "file")])
    with pytest.raises(
        UsageError, match="--out .*file is no directory. Choose another"
    ):
        command_line.parse([*argv, str(tmp_path / "file" / "run")])


def test_help_shows_examples_and_every_field(capsys):
    with pytest.raises(SystemExit) as left:
        command_line.parse(["--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    for wanted in ("examples:", "--resume", "--weights-from", "--slices.evaluate"):
        assert wanted in shown


def test_resume_takes_the_recipe_of_the_run(tmp_path):
    run = begin(tmp_path / "run", recipe=Recipe(arch="cnn3d", seed=3))
    parsed = command_line.parse(
        ["--out", str(run.path), "--resume", "--data", "somewhere"]
    )
    assert parsed.recipe == run.recipe


def test_resume_without_out_is_an_error():
    with pytest.raises(UsageError, match="--resume goes with --out"):
        command_line.parse(["--resume"])


def test_resume_with_another_value_is_an_error(tmp_path):
    run = begin(tmp_path / "run")
    argv = ["--out", str(run.path), "--resume", "--optimisation.epochs", "99"]
    with pytest.raises(UsageError, match="another value of: --optimisation.epochs"):
        command_line.parse(argv)


def test_resume_with_another_fold_is_an_error(tmp_path):
    run = begin(tmp_path / "run", fold="1")
    argv = ["--out", str(run.path), "--resume", "--data", "somewhere"]
    assert command_line.parse([*argv, "--fold", "1"]).fold == "1"
    with pytest.raises(UsageError, match="own fold. Received: --fold 2"):
        command_line.parse([*argv, "--fold", "2"])


def test_resume_without_the_data_set_of_the_run_is_an_error(tmp_path):
    run = begin(tmp_path / "run")
    with pytest.raises(UsageError, match="own data set.*Name by --data"):
        command_line.parse(["--out", str(run.path), "--resume"])


def test_resume_of_no_run_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no run directory"):
        command_line.parse(["--out", str(tmp_path), "--resume"])


def test_a_place_for_no_published_weights_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="--weights-from goes with --weights imagenet"):
        command_line.parse(["--weights-from", "weights.npz"])
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(b"")
    with pytest.raises(UsageError, match="Received: weights = 'file'"):
        command_line.parse(["--weights", str(mine), "--weights-from", "weights.npz"])


def test_seen_patients_are_allowed_where_a_run_gives_the_weights(tmp_path):
    run = begin(tmp_path / "run", recipe=Recipe(weights="run"))
    allowed = ["--allow-seen-patients", "--data", "somewhere"]
    parsed = command_line.parse([*allowed, "--weights", str(run.path)])
    assert parsed.allow_seen_patients
    goes_with = "--allow-seen-patients goes with a new run that takes its weights from"
    with pytest.raises(UsageError, match=goes_with):
        command_line.parse([*allowed, "--weights", "imagenet"])
    with pytest.raises(UsageError, match=goes_with):
        command_line.parse([*allowed, "--out", str(run.path), "--resume"])


def test_weights_name_a_file_or_a_run(tmp_path):
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(b"")
    parsed = command_line.parse(["--weights", str(mine)])
    assert (parsed.recipe.weights, parsed.weights_from) == ("file", str(mine))
    run = begin(tmp_path / "run")
    parsed = command_line.parse([f"--weights={run.path}"])
    assert (parsed.recipe.weights, parsed.weights_from) == ("run", str(run.path))
    parsed = command_line.parse(["--weights", "imagenet", "--weights-from", "here"])
    assert (parsed.recipe.weights, parsed.weights_from) == ("imagenet", "here")


@pytest.mark.parametrize("kind", ["file", "run"])
def test_a_recipe_does_not_name_the_place_of_its_weights(tmp_path, kind):
    recipe = tmp_path / "mine.toml"
    recipe.write_text(f"weights = '{kind}'\n", encoding="utf-8")
    with pytest.raises(UsageError, match=f"from a {kind}, which no recipe names"):
        command_line.parse(["--recipe", str(recipe)])
    run = begin(tmp_path / "run", recipe=Recipe(weights=kind))
    argv = ["--out", str(run.path), "--resume", "--data", "somewhere"]
    assert command_line.parse(argv).weights_from is None, "resuming needs no weights"


def test_the_record_holds_no_path(tmp_path):
    mine = tmp_path / "jane-doe.toml"
    mine.write_text("seed = 1\n", encoding="utf-8")
    argv = ["--recipe", str(mine), "--data", "/home/jane", "--seed", "4"]
    argv += ["--weights", "imagenet", "--weights-from", "/home/jane/w.npz"]
    theirs = tmp_path / "john-roe.toml"
    theirs.write_text("[spatial]\nflip = ['depth']\n", encoding="utf-8")
    argv += ["--augment", str(theirs)]
    parsed = command_line.parse(argv)
    assert command_line.for_the_record(parsed, argv) == {
        "data": "named",
        "recipe": "a file",
        "augment": "a file",
        "changed": ["--weights", "--seed"],
        "weights_from": True,
        "leave_test": False,
        "deterministic": False,
        "devices": 1,
    }


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--folds", "all", "--fold", "0", "--data", "x"], "trains every fold"),
        (["--folds", "all"], "wants a data set of folds"),
        (["--folds", "all", "--data", "x", "--leave-test"], "goes with a new run"),
        (["--leave-test", "--judge-test", "--data", "x"], "goes with a new run"),
        (["--judge-test", "--data", "x"], "--judge-test goes with --resume"),
    ],
)
def test_options_of_folds_and_the_test_split(argv, message):
    with pytest.raises(UsageError, match=message):
        command_line.parse(argv)


def test_a_run_that_began_otherwise_does_not_become_deterministic(tmp_path):
    run = begin(tmp_path / "run")
    argv = ["--out", str(run.path), "--resume", "--deterministic", "--data", "x"]
    with pytest.raises(UsageError, match="--deterministic goes with a new run"):
        command_line.parse(argv)


def test_only_a_run_that_left_its_test_split_is_asked_to_judge_it(tmp_path):
    run = begin(tmp_path / "run")
    argv = ["--out", str(run.path), "--resume", "--judge-test", "--data", "x"]
    with pytest.raises(UsageError, match="left its test split. Received: one that did"):
        command_line.parse(argv)


def test_too_few_resamples_are_refused_before_any_training():
    argv = ["--arch", "cnn3d", "--data", "d", "--evaluation.bootstrap", "199"]
    with pytest.raises(UsageError, match="bootstrap must be 200 or more.*199"):
        command_line.parse(argv)
