"""Command: searches the fields of a recipe on validation patients."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pipelines
from pipelines import command
from pipelines.errors import DataError
from tuning.cluster import (
    chief,
    chief_address,
    chief_file,
    chief_options,
    joining,
    worker,
)
from tuning.reporting.live_table import LiveTable, Plan
from tuning.sweeps import (
    begin,
    command_line,
    holding,
    nested,
    searched,
    spent,
    summary,
)
from tuning.sweeps.begin import Search
from tuning.sweeps.command_line import Options
from tuning.trials import precision, results
from tuning.trials.budget import Budget, BudgetSpentError
from tuning.trials.sweep import Sweep


def main(argv: Sequence[str]) -> int:
    """Searches, prints what was found and the path of the best recipe."""
    options, fixed = command_line.parse(argv)
    chief_options.check(options, fixed)
    if options.worker is not None:
        return _told(*_worked(options))
    space, recipe = searched.searched(options, fixed)
    data = pipelines.open_dataset(options.data)
    search = Search(options=options, data=data, space=space, recipe=recipe)
    begin.check(search)
    path = options.out or command_line.default_out(options)
    if options.chief is not None:
        return _told(_led(path, search), options)
    if options.join:
        sweep = joining.opened_or_begun(path, search)
        chief_file.check_not_led(sweep.path)
        print(f"Sweep: {sweep.path}", file=sys.stderr)
        run(sweep, search)
        return _told(sweep, options)
    sweep = begin.opened_or_begun(path, search)
    print(f"Sweep: {sweep.path}", file=sys.stderr)
    with holding.held(sweep.path):
        joining.check_alone(sweep.path)
        chief_file.check_not_led(sweep.path)
        run(sweep, search)
        nested_evidence = of_outer_folds(sweep, search)
    return _told(sweep, options, nested_evidence)


def _led(path: Path, search: Search) -> Sweep:
    """The sweep, whose trials workers have run."""
    address = chief_address.parsed(search.options.chief, "--chief")
    with chief.listening(address) as server:
        sweep = begin.opened_or_begun(path, search)
        print(f"Sweep: {sweep.path}", file=sys.stderr)
        with chief.leading(sweep.path):
            budget = search.budget(sweep)
            table = _table(sweep, search, budget)
            chief.run(sweep, search, server=server, budget=budget, watch=table)
    return sweep


def _worked(options: Options) -> tuple[Sweep, Options]:
    """The sweep of a chief, for which this process has run trials, and its options."""
    joined = worker.joined(options)
    sweep, search, budget = joined.sweep, joined.search, joined.budget
    print(f"Sweep: {sweep.path}", file=sys.stderr)
    worker.run(joined, budget=budget, watch=_table(sweep, search, budget))
    return sweep, search.options


def _told(sweep: Sweep, options: Options, nested_evidence: dict | None = None) -> int:
    """Prints what was found."""
    wide = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print(summary.text(sweep, wide))
    time_ended = spent.sentence(sweep, options)
    if time_ended:
        print(time_ended, file=sys.stderr)
        print(sweep.path)
        return 0
    if results.best(sweep, results.trials(sweep)) is None:
        raise DataError(
            f"no trial of {sweep.path} was completed. Mend what the reasons above say, "
            "or give it more trials"
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
    table = _table(sweep, search, budget)
    if search.options.join:
        joining.run(sweep, search, budget=budget, watch=table)
    else:
        running.run(sweep, search, budget=budget, watch=table)


def _table(sweep: Sweep, search: Search, budget: Budget) -> LiveTable:
    plan = Plan(
        most_trials=search.options.max_trials,
        seconds_left=lambda: budget.left,
        workers=search.options.parallel,
    )
    terminal = os.environ.get("TERM", "")
    return LiveTable(sweep, plan, stream=sys.stderr, terminal=terminal)


def of_outer_folds(sweep: Sweep, search: Search) -> dict | None:
    """The evidence of the whole search, which is run once for each outer fold.

    None where there are no outer folds, or the budget of one ended too soon.
    """
    if not search.options.outer_folds:
        return None

    def search_one(path: Path, inner: Search) -> Sweep:
        inner_sweep = begin.opened_or_begun(path, inner)
        precision.inherit(sweep, path)
        with holding.held(path):
            run(inner_sweep, inner)
        return inner_sweep

    try:
        return nested.run(sweep, search, search_one)
    except BudgetSpentError as error:
        print(f"No nested figure yet: {error}", file=sys.stderr)
        return None


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.end_on_sigterm()
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
