"""How well the class is known from the scanner alone, and whether a run beats that."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.characteristics.columns import SEVERAL, Column
from pipelines.characteristics.patients import CLASS
from pipelines.characteristics.table_text import p_text
from zoo.auditing import scanner_model
from zoo.auditing.finding import ALPHA, Finding
from zoo.evaluation.comparison import objectives, paired
from zoo.evaluation.metrics.auc import auc_of_classes
from zoo.evaluation.predictions.predictions import Predictions, take
from zoo.evaluation.results.by_kind import RESULTS
from zoo.evaluation.results.metric_text import cell
from zoo.evaluation.results.settings import Settings
from zoo.targets.classification import CLASSIFICATION

REPEATS = 10
_CHECK = "scanner_baseline"


def scanner_columns(
    columns: Mapping[str, Column], spacings: Sequence[Column]
) -> dict[str, Column]:
    """Vendor and field strength, and the spacings of the records' grids."""
    names = [name for name in ("vendor", "field_strength") if name in columns]
    return {
        **{name: columns[name] for name in names},
        **{column.name: column for column in spacings},
    }


def scanner_baseline(
    scanner: Mapping[str, Column],
    classes: Column,
    patients: Sequence[str],
    *,
    permutations: int,
    settings: Settings,
) -> tuple[Finding, Predictions | None]:
    """The cross-validated AUC of a regression on header facts, against chance.

    Args:
        scanner: of `scanner_columns`, one value a patient.
        classes: of the same patients; who has none, or several, is left out.
        patients: their ids, ascending.
        permutations: of the labels.

    Returns:
        The finding, and the regression's predictions of the patients, if it has any.
    """
    names = classes.levels
    one_class = [place for place, name in enumerate(names) if name != SEVERAL]
    rows = np.flatnonzero(np.isin(classes.values, one_class))
    labels = classes.values[rows].astype(int)
    there, labels = np.unique(labels, return_inverse=True)
    designed = scanner_model.design(
        {name: column.take(rows) for name, column in scanner.items()}
    )
    used = ", ".join(scanner)
    counts = np.bincount(labels, minlength=1)
    reason = ""
    if not designed.names:
        reason = f"{used} are the same in all patients, or nowhere known"
    elif len(there) < 2 or counts.min() < 2:
        reason = "a class has fewer than two patients"
    if reason:
        lines = (f"not fitted: {reason}",)
        return Finding(check=_CHECK, found=None, lines=lines, facts={}), None
    probabilities = scanner_model.out_of_fold(
        designed.numbers, labels, len(there), repeats=REPEATS, seed=settings.seed
    )
    predictions = _predictions(
        [patients[row] for row in rows],
        tuple(names[place] for place in there),
        labels,
        probabilities,
    )
    area, p = scanner_model.area_and_p(
        designed.numbers,
        labels,
        len(there),
        permutations=permutations,
        seed=settings.seed,
    )
    level = RESULTS[CLASSIFICATION.name].level(predictions, settings)
    entry = level["auc"]
    lines = (
        f"logistic regression on {', '.join(designed.names)}",
        f"out-of-fold AUC of {len(rows)} patients: "
        f"{cell(entry, confidence=settings.confidence)}; label permutation p "
        f"{p_text(p)} ({permutations} permutations)",
    )
    if p < ALPHA:
        lines += (f"the {CLASS} can be told from the scanner: a network may do so too",)
    facts = {
        "inputs": list(designed.names),
        "patients": len(rows),
        "auc": entry,
        "permutation": {"auc": area, "p": p, "permutations": permutations},
    }
    return Finding(check=_CHECK, found=p < ALPHA, lines=lines, facts=facts), predictions


def _predictions(
    patients: Sequence[str],
    names: tuple[str, ...],
    labels: np.ndarray,
    probabilities: np.ndarray,
) -> Predictions:
    outputs = {"prob": probabilities, "logit": np.zeros_like(probabilities)}
    return Predictions(
        sample_id=tuple(patients),
        patient_id=tuple(patients),
        split=("test",) * len(patients),
        fold=("",) * len(patients),
        kind=CLASSIFICATION,
        names=names,
        truth=labels[:, None].astype(float),
        outputs=CLASSIFICATION.average_logits(outputs),
    )


def against_run(
    scanner: Predictions | None, run: Predictions | None, settings: Settings
) -> Finding:
    """The run's AUC less the scanner's on the same patients, paired (DeLong 1988).

    A finding where the run is not shown to be better: the interval of the difference
    reaches 0 or below.

    Args:
        scanner: out-of-fold predictions of patients.
        run: of the run's test patients, by patient; none where it has no one prediction
            a patient.
    """
    check = "run_against_scanner"
    reason = ""
    if scanner is None or run is None:
        reason = "there is nothing to compare"
    elif not run.kind.single_label or run.names != scanner.names:
        reason = "the run is of other classes"
    if reason:
        return Finding(check=check, found=None, lines=(f"not compared: {reason}",))
    row = {patient: place for place, patient in enumerate(scanner.patient_id)}
    both = [place for place, name in enumerate(run.patient_id) if name in row]
    rows = (both, [row[run.patient_id[place]] for place in both])
    mine, other = (
        _predictions(part.patient_id, part.names, part.label, part.probabilities)
        for part in map(take, (run, scanner), rows)
    )
    areas = [auc_of_classes(each.label, each.probabilities) for each in (mine, other)]
    if not np.isfinite(areas).all():
        lines = ("not compared: the run's patients lack a class",)
        return Finding(check=check, found=None, lines=lines)
    result = paired.compare(
        mine, other, objectives.named("val_auc"), confidence=settings.confidence
    )
    text = f"AUC of the run {areas[0]:.3f}, of the scanner alone {areas[1]:.3f}"
    text += f", difference {result.difference:+.3f}"
    if result.low is not None:
        percent = f"{100 * settings.confidence:g}% CI"
        text += f" ({percent} {result.low:+.3f} to {result.high:+.3f})"
    lines = [f"{text}, {len(both)} patients"]
    better = result.low is not None and result.low > 0
    if not better:
        lines.append("the run is not shown to know more than the scanner does")
    facts = {
        "patients": len(both),
        "auc_run": areas[0],
        "auc_scanner": areas[1],
        "difference": result.difference,
        "low": result.low,
        "high": result.high,
        "p": result.p,
    }
    return Finding(check=check, found=not better, lines=tuple(lines), facts=facts)
