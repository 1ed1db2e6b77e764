"""What a sweep is at, for the terminal: a table drawn anew, or a line a trial."""

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

from pipelines.terminal import table
from tuning.reporting.axis import shown
from tuning.reporting.cost_chart import duration
from tuning.trials import results
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial

_SHOWN = 12  # trials; the latest, and the best one above them
_HEADER = ("trial", "objective", "sd", "best", "folds", "time", "state", "values")
_UP_AND_CLEAR = "\x1b[{lines}F\x1b[J"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a call of the command is to do; all may be none.

    Args:
        most_trials: in the sweep at its end.
        seconds_left: of the budget, now.
        workers: trials at work at once.
    """

    most_trials: int | None = None
    seconds_left: Callable[[], float | None] = lambda: None
    workers: int = 1


class LiveTable:
    """Is told of each trial that begins, gets on or ends.

    Only a terminal that moves its cursor has the table drawn anew; a file, a pipe or a
    terminal named `dumb` gets a line for each trial that ends, without control codes.

    Args:
        stream: where it is shown.
        terminal: what the environment says of it (`TERM`).
    """

    def __init__(
        self, sweep: Sweep, plan: Plan, *, stream: TextIO, terminal: str = "dumb"
    ):
        self._sweep = sweep
        self._plan = plan
        self._stream = stream
        self._drawn_anew = stream.isatty() and terminal not in ("", "dumb")
        self._drawn = ""
        self._trials = {trial.trial_id: trial for trial in results.trials(sweep)}
        self._lock = threading.Lock()  # each worker tells from a thread of its own

    def __call__(self, trial: Trial) -> None:
        """Shows how the sweep stands with this trial as it is now."""
        with self._lock:
            self._trials[trial.trial_id] = trial
            trials = [self._trials[each] for each in sorted(self._trials)]
            if self._drawn_anew:
                self._draw(trials)
            elif not trial.is_running:
                print(line(self._sweep, trials, trial, self._plan), file=self._stream)
            self._stream.flush()

    def _draw(self, trials: Sequence[Trial]) -> None:
        width, height = self._size()
        shown_trials = max(2, min(_SHOWN, height - 4))
        drawn = text(
            self._sweep, trials, self._plan, width=width - 1, most=shown_trials
        )
        if self._drawn:  # a terminal that was made narrower has broken its lines
            broken = (-(-len(line) // width) for line in self._drawn.split("\n"))
            lines = sum(max(1, each) for each in broken)
            self._stream.write(_UP_AND_CLEAR.format(lines=lines))
        self._stream.write(drawn + "\n")
        self._drawn = drawn

    def _size(self) -> tuple[int, int]:
        """Columns and lines of the terminal, which need not be that of the output."""
        try:
            width, height = os.get_terminal_size(self._stream.fileno())
        except OSError:
            width = height = 0
        return (width, height) if width and height else shutil.get_terminal_size()


def text(
    sweep: Sweep,
    trials: Sequence[Trial],
    plan: Plan,
    *,
    width: int | None = None,
    most: int = _SHOWN,
) -> str:
    """The latest trials as a table, and how far the sweep is.

    Args:
        trials: all, in order.
        width: of the longest line there may be.
        most: trials shown.
    """
    best = results.best(sweep, trials)
    latest = list(trials[-most:])
    if best is not None and best not in latest:
        latest = [best, *latest[1:]] if len(latest) == most else [best, *latest]
    rows = [_HEADER, *(_row(sweep, trials, trial, best) for trial in latest)]
    status = _status(sweep, trials, plan, best)
    if width is not None and len(status) > width:
        status = status[: width - 1] + "…"
    return f"{table.align(rows, right=(1, 2, 3, 4, 5), width=width)}\n{status}"


def line(sweep: Sweep, trials: Sequence[Trial], trial: Trial, plan: Plan) -> str:
    """One trial that ended, and how far the sweep is."""
    best = results.best(sweep, trials)
    cells = (trial.trial_id, trial.state.replace("_", " "), _figure(sweep, trial))
    rest = (values(trial), trial.reason, _status(sweep, trials, plan, best))
    return "  ".join(cell for cell in (*cells, *rest) if cell)


def values(trial: Trial) -> str:
    """What it tries, by the last word of each field's name."""
    return " ".join(
        f"{name.rpartition('.')[2]}={shown(value)}"
        for name, value in trial.values.items()
    )


def folds(number: int) -> str:
    """`1 fold`, `2 folds`."""
    return f"{number} fold" if number == 1 else f"{number} folds"


def _figure(sweep: Sweep, trial: Trial) -> str:
    if trial.objective is None:
        return ""
    spread = "" if trial.spread is None else f" ± {trial.spread:.4f}"
    return f"{sweep.settings.objective} {trial.objective:.4f}{spread}"


def _row(
    sweep: Sweep, trials: Sequence[Trial], trial: Trial, best: Trial | None
) -> tuple[str, ...]:
    figure = trial.objective
    if figure is None and trial.fold_objectives:  # of the folds so far
        figure = sum(trial.fold_objectives) / len(trial.fold_objectives)
    before = [each for each in trials if each.trial_id <= trial.trial_id]
    so_far = results.best(sweep, before)
    return (
        trial.trial_id + ("*" if best is not None and trial == best else ""),
        "" if figure is None else f"{figure:.4f}",
        "" if trial.spread is None else f"{trial.spread:.4f}",
        "" if so_far is None else f"{so_far.objective:.4f}",
        f"{len(trial.folds)}/{len(sweep.settings.folds)}",
        duration(trial.seconds),
        trial.state.replace("_", " "),
        f"{trial.reason}; {values(trial)}" if trial.has_failed else values(trial),
    )


def _status(
    sweep: Sweep, trials: Sequence[Trial], plan: Plan, best: Trial | None
) -> str:
    ended = [trial for trial in trials if not trial.is_running]
    of = "" if plan.most_trials is None else f"/{plan.most_trials}"
    parts = [f"{len(ended)}{of} trials"]
    if best is not None:
        parts.append(f"best {best.objective:.4f} ({best.trial_id})")
    saved = results.saved_folds(sweep, trials)
    if saved:
        parts.append(f"{folds(saved)} saved")
    left = eta_seconds(trials, plan)
    if left:
        parts.append(f"about {duration(left)} left")
    return ", ".join(parts)


def eta_seconds(trials: Sequence[Trial], plan: Plan) -> float | None:
    """Until the last trial or the budget's end, whichever is sooner; none = unknown.

    A trial to come is taken to last as long as those that ended did on average; one
    at work, what is left of that.
    """
    ended = [trial for trial in trials if not trial.is_running and trial.seconds > 0]
    budget = plan.seconds_left()
    if plan.most_trials is None or not ended:
        return budget
    each = sum(trial.seconds for trial in ended) / len(ended)
    at_work = [max(0.0, each - trial.seconds) for trial in trials if trial.is_running]
    to_come = max(0, plan.most_trials - len(trials))
    needed = (sum(at_work) + each * to_come) / plan.workers
    return needed if budget is None else min(needed, budget)
