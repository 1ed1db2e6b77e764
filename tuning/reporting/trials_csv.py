"""trials.csv: a row for each trial, with everything that is known of it."""

from pathlib import Path

from pipelines.storage import csv_files
from tuning.reporting import code_sides
from tuning.reporting.axis import plain
from tuning.reporting.findings import Findings
from tuning.trials.fold_result import PARTS
from tuning.trials.trial import Trial

FILE = "trials.csv"


def write(findings: Findings) -> Path:
    """Writes the table into the sweep's directory, whole or not at all."""
    path = findings.sweep.path / FILE
    names = [axis.name for axis in findings.axes]
    folds = findings.sweep.settings.folds
    header = [
        *("trial", "state", "reason", "objective", "spread", "parameters", "seconds"),
        *("code_side", "code", "folds_done"),
        *names,
        *(f"objective_fold_{fold}" if fold else "objective_fold" for fold in folds),
        *(f"seconds_{part}" for part in PARTS),
    ]
    csv_files.write_for_people(
        path, header, [_row(findings, t, names) for t in findings.trials]
    )
    return path


def _row(findings: Findings, trial: Trial, names: list[str]) -> list[object]:
    by_fold = {result.fold: result for result in trial.folds}
    figures = [
        by_fold[fold].objective if fold in by_fold else None
        for fold in findings.sweep.settings.folds
    ]
    parts = [sum(r.parts.get(part, 0.0) for r in trial.folds) for part in PARTS]
    cells = [
        *(trial.trial_id, trial.state, trial.reason, trial.objective, trial.spread),
        *(trial.parameters, trial.seconds),
        *(code_sides.side(findings.sweep, trial), trial.code, len(trial.folds)),
        *(plain(trial.values[n]) if n in trial.values else None for n in names),
        *figures,
        *parts,
    ]
    return ["" if cell is None else cell for cell in cells]
