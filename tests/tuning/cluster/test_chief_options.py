"""What goes with --chief and with --worker."""

import pytest

from pipelines.errors import UsageError
from tuning.cluster import chief_options
from tuning.sweeps import command_line


def parsed(*given):
    options, fixed = command_line.parse(["--data", "d", *given])
    chief_options.check(options, fixed)
    return options


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "--chief wants the --out DIR"),
        (["--out", "o", "--join"], "--chief doesn't go with --join: workers either"),
        (["--out", "o", "--parallel", "2"], "with --parallel: it trains nothing"),
        (
            ["--out", "o", "--outer-folds", "3", "--folds", "3"],
            "--chief doesn't go with --outer-folds",
        ),
    ],
)
def test_what_does_not_go_with_a_chief_is_refused(more, message):
    with pytest.raises(UsageError, match=message):
        parsed("--space", "s", "--max-trials", "3", "--chief", "8765", *more)


def test_a_worker_needs_no_more_than_data_and_out():
    options = parsed("--worker", "n:1", "--out", "o", "--parallel", "2")
    assert (options.worker, options.parallel) == ("n:1", 2)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "--worker wants .* no --out"),
        (["--out", "o", "--parallel", "0"], "--parallel is 1 or more. Received: 0"),
        (
            ["--out", "o", "--max-trials", "3", "--epochs", "5", "--chief", "1"],
            "Received: --max-trials, --chief, --optimisation.epochs",
        ),
    ],
)
def test_all_else_is_the_chiefs_to_say(more, message):
    with pytest.raises(UsageError, match=message):
        parsed("--worker", "n:1", *more)


@pytest.mark.parametrize("option", ["--chief", "--worker"])
def test_an_address_that_is_none_is_refused(option):
    more = ["--space", "s", "--max-trials", "3"] * (option == "--chief")
    with pytest.raises(UsageError, match=f"{option} is PORT, on this machine, or"):
        parsed(option, "nowhere", "--out", "o", *more)
