"""The command line of a sweep: what it fixes, its times, its refusals."""

from pathlib import Path

import pytest

from pipelines.errors import UsageError
from tuning.sweeps import command_line

GIVEN = ["--data", "d", "--space", "cnn3d", "--max-trials", "3"]


def parsed(*more):
    return command_line.parse([*GIVEN, *more])


def test_an_option_of_the_recipe_fixes_its_field():
    options, fixed = parsed("--epochs", "7", "--head.pooling", "max", "--seed", "5")
    assert options.recipe.optimisation.epochs == 7
    assert set(fixed) == {"optimisation.epochs", "head.pooling", "seed"}


def test_several_architectures_are_a_choice():
    assert parsed("--arch", "cnn3d,resnet3d18")[0].architectures == (
        "cnn3d",
        "resnet3d18",
    )


def test_a_recipe_is_begun_from(tmp_path):
    (tmp_path / "r.toml").write_text("seed = 4\n", encoding="utf-8")
    options, fixed = parsed("--recipe", str(tmp_path / "r.toml"))
    assert (options.recipe.seed, fixed) == (4, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2h", 7200), ("90m", 5400), ("1h30m", 5400), ("45s", 45), ("1.5h", 5400)],
)
def test_a_time_is_read(text, expected):
    assert command_line.seconds(text, "--budget") == expected


@pytest.mark.parametrize("text", ["", "2", "h", "0h", "2 h", "-1h"])
def test_another_text_is_no_time(text):
    with pytest.raises(UsageError, match="--budget is a time such as 2h"):
        command_line.seconds(text, "--budget")


def test_no_time_is_none():
    assert command_line.seconds(None, "--budget") is None


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--repeats", "2"], "--repeats goes with --folds K"),
        (["--repeats", "0", "--folds", "2"], "--repeats is 1 or more. Received: 0"),
    ],
)
def test_folds_are_what_is_repeated(more, message):
    with pytest.raises(UsageError, match=message):
        parsed(*more)


def test_a_sweep_lies_among_sweeps():
    path = command_line.default_out(parsed("--arch", "cnn3d,resnet3d18")[0])
    assert path.parent == Path("sweeps")
    assert path.name.endswith("-cnn3d-resnet3d18")


def test_a_grid_and_hyperband_need_no_number_of_trials():
    for tuner in ("grid", "hyperband"):
        options, _ = command_line.parse([*GIVEN[:4], "--tuner", tuner])
        assert options.max_trials is None


def test_a_value_that_the_recipe_refuses_is_told():
    with pytest.raises(UsageError, match="has no statistics that could stay"):
        parsed("--transfer.batch-normalisation", "frozen")


def test_those_who_join_wait_a_minute_for_one_that_is_silent():
    options, _ = parsed("--join", "--out", "o")
    assert options.join and command_line.seconds(options.silent, "--silent") == 60


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "--join wants the --out DIR"),
        (
            ["--out", "o", "--outer-folds", "3", "--folds", "3"],
            "--join doesn't go with --outer-folds",
        ),
        (
            ["--out", "o", "--accept-changed-code"],
            "--join doesn't go with --accept-changed-code",
        ),
        (["--out", "o", "--silent", "soon"], "--silent is a time such as"),
    ],
)
def test_what_does_not_go_with_joining_is_refused(more, message):
    with pytest.raises(UsageError, match=message):
        parsed("--join", *more)
