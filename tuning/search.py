"""Command: searches the fields of a recipe on validation patients."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pipelines
from pipelines import command
from pipelines.errors import DataError
from tuning.reporting.live_table import LiveTable, Plan
from tuning.sweeps import begin, command_line, holding, nested, searched, summary
from tuning.sweeps.begin import Search
from tuning.trials import results
from tuning.trials.sweep import Sweep


def main(argv: Sequence[str]) -> int:
    """Searches, prints what was found and the path of the best recipe."""
    options, fixed = command_line.parse(argv)
    space, recipe = searched.searched(options, fixed)
    data = pipelines.open_dataset(options.data)
    search = Search(options=options, data=data, space=space, recipe=recipe)
    begin.check(search)
    path = options.out or command_line.default_out(options)
    sweep = begin.opened_or_begun(path, search)
    print(f"Sweep: {sweep.path}", file=sys.stderr)
    with holding.held(sweep.path):
        run(sweep, search)
        nested_evidence = of_outer_folds(sweep, search) if options.outer_folds else None
    wide = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(summary.text(sweep, wide))
    if results.best(sweep, results.trials(sweep)) is None:
        raise DataError(
            f"no trial of {sweep.path} was completed. Give it more time or trials, or "
            "mend what the reasons above say"
        )
    if nested_evidence is not None:
        from zoo.evaluation.headline import headline

        how = f", {options.outer_folds} outer folds pooled"
        print(f"Of the whole search, nested: {headline(nested_evidence, how)}")
    print(sweep.best_path)
    command.say_next("zoo.train", "--recipe", sweep.best_path, "--data", options.data)
    return 0


def run(sweep: Sweep, search: Search) -> None:
    """Runs the trials, and shows how the sweep stands."""
    from tuning.sweeps import run as running  # it loads KerasTuner

    budget = search.budget(sweep)
    plan = Plan(
        most_trials=search.options.max_trials,
        seconds_left=lambda: budget.left,
        workers=search.options.parallel,
    )
    terminal = os.environ.get("TERM", "")
    table = LiveTable(sweep, plan, stream=sys.stderr, terminal=terminal)
    running.run(sweep, search, budget=budget, watch=table)


def of_outer_folds(sweep: Sweep, search: Search) -> dict:
    """The evidence of the whole search, which is run once for each outer fold."""

    def search_one(path: Path, inner: Search) -> Sweep:
        inner_sweep = begin.opened_or_begun(path, inner)
        with holding.held(path):
            run(inner_sweep, inner)
        return inner_sweep

    return nested.run(sweep, search, search_one)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
