"""A sweep whose budget ended before any trial did: what to say of it."""

from tuning.sweeps.command_line import Options
from tuning.trials import results
from tuning.trials.sweep import Sweep


def sentence(sweep: Sweep, options: Options) -> str:
    """How far it came and how it goes on; "" where that is not how it ended."""
    trials = results.trials(sweep)
    if options.budget is None or results.best(sweep, trials) is not None:
        return ""
    begun = [trial for trial in trials if trial.is_running]
    if trials and not begun:  # all of them failed
        return ""
    where = "before the first trial began"
    if begun:
        done, folds = len(begun[0].folds), len(sweep.settings.folds)
        where = f"within trial {begun[0].trial_id}, of which {done} of {folds} folds "
        where += "is done" if done == 1 else "are done"
    shared = ""
    if options.outer_folds:
        shared = f", which {1 + options.outer_folds} sweeps share,"
    return (
        f"the --budget of {options.budget}{shared} ended {where}: no trial was "
        "completed yet. The same command with a longer --budget goes on from there"
    )
