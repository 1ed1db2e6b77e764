"""outer_folds.csv: a row for each outer fold, and one of all of them pooled."""

from pathlib import Path

from pipelines.storage import csv_files
from tuning.reporting import nested_section
from tuning.reporting.axis import plain
from tuning.reporting.findings import Findings
from tuning.reporting.nested import Nested, OuterFold

FILE = "outer_folds.csv"
POOLED = "pooled"


def write(findings: Findings, nested: Nested) -> Path:
    """Writes the table into the sweep's directory, whole or not at all."""
    path = findings.sweep.path / FILE
    names = nested_section.fields(nested)
    header = [
        *("outer_fold", "trials", "trial", "objective", "objective_on_its_patients"),
        *("patients", "metric", "value", "low", "high", "confidence", *names),
    ]
    rows = [_row(fold, names) for fold in nested.folds]
    if nested.pooled is not None:
        rows.append(_of_all(nested, names))
    csv_files.write_for_people(path, header, rows)
    return path


def _row(fold: OuterFold, names: list[str]) -> list[object]:
    winner = fold.winner
    values = {} if winner is None else winner.values
    cells = [
        *(fold.fold, fold.trials),
        *((None, None) if winner is None else (winner.trial_id, winner.objective)),
        *(fold.tested, fold.patients),
        *[None] * 5,
        *(plain(values[name]) if name in values else None for name in names),
    ]
    return ["" if cell is None else cell for cell in cells]


def _of_all(nested: Nested, names: list[str]) -> list[object]:
    pooled = nested.pooled
    low, high = pooled.interval or (None, None)
    trials = sum(fold.trials for fold in nested.folds)
    patients = sum(fold.patients for fold in nested.folds)
    cells = [POOLED, trials, None, None, None, patients, pooled.title, pooled.value]
    cells += [low, high, pooled.confidence, *[None] * len(names)]
    return ["" if cell is None else cell for cell in cells]
