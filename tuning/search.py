"""Command: searches the fields of a recipe on validation patients."""

import sys
from collections.abc import Sequence

import pipelines
from pipelines import command
from pipelines.errors import DataError
from tuning.sweeps import begin, command_line, holding, searched, summary
from tuning.sweeps.begin import Search
from tuning.trials import results
from tuning.trials.budget import Budget
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial


def main(argv: Sequence[str]) -> int:
    """Searches, prints what was found and the path of the sweep."""
    options, fixed = command_line.parse(argv)
    space, recipe = searched.searched(options, fixed)
    data = pipelines.open_dataset(options.data)
    search = Search(options=options, data=data, space=space, recipe=recipe)
    begin.check(search)
    sweep = begin.opened_or_begun(
        options.out or command_line.default_out(options), search
    )
    print(f"Sweep: {sweep.path}", file=sys.stderr)
    with holding.held(sweep.path):
        run(sweep, search)
    print(summary.text(sweep))
    best = results.best(sweep, results.trials(sweep))
    if best is None:
        raise DataError(
            f"no trial of {sweep.path} was completed. Give it more time or trials, or "
            "mend what the reasons above say"
        )
    print(sweep.best_path)
    return 0


def run(sweep: Sweep, search: Search) -> None:
    """Runs the trials, and shows each that ends."""
    from tuning.sweeps import run as running  # it loads KerasTuner

    def watch(trial: Trial) -> None:
        print(summary.line(sweep, trial), file=sys.stderr)

    seconds = command_line.seconds(search.options.budget, "--budget")
    running.run(sweep, search, budget=Budget(sweep.path, seconds), watch=watch)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
