"""Where the parts of a nested sweep are.

OUT/outer-data/       the patients that may be seen, in outer folds
OUT/outer-<i>/        a sweep without the patients of outer fold i; in it
    run/              its best recipe trained on the other folds, judged on fold i
    judged.toml       that recipe
OUT/nested/           metrics.json, figures: all outer folds pooled
"""

from pathlib import Path

from tuning.trials import trial as trials
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial

_METRICS = "metrics.json"


def data_path(sweep: Sweep) -> Path:
    """The data set whose folds are the outer ones."""
    return sweep.path / "outer-data"


def sweep_path(sweep: Sweep, fold: str) -> Path:
    """The sweep that does not see an outer fold."""
    return sweep.path / f"outer-{fold}"


def summary_path(sweep: Sweep) -> Path:
    """What all outer folds came to."""
    return sweep.path / "nested"


def metrics_path(sweep: Sweep) -> Path:
    """The evidence of all outer folds pooled, once there is one."""
    return summary_path(sweep) / _METRICS


def run_path(inner: Sweep) -> Path:
    """The run that is judged on the outer fold, of the sweep that does not see it."""
    return inner.path / "run"


def judged_path(inner: Sweep) -> Path:
    """The recipe that the run is of."""
    return inner.path / "judged.toml"


def recipe_text(inner: Sweep, best: Trial) -> str:
    """The recipe that is to be judged."""
    path = inner.trial_path(best.trial_id) / trials.RECIPE
    return path.read_text(encoding="utf-8")


def is_chosen(inner: Sweep, best: Trial) -> bool:
    """Whether the run is of this trial's recipe."""
    judged = judged_path(inner)
    return judged.is_file() and judged.read_text("utf-8") == recipe_text(inner, best)


def is_judged(inner: Sweep, best: Trial) -> bool:
    """Whether the trial's recipe was trained and judged on the outer fold."""
    return is_chosen(inner, best) and (run_path(inner) / _METRICS).is_file()
