"""Whether a figure differs between subgroups: the test of each, as its counts allow.

AUC of one class: Cochran's Q of the logits with DeLong's variances, where every group
has `FEWEST` patients of either side and none is perfect. Accuracy, sensitivity,
specificity, PPV and NPV: chi-square, or Fisher's exact test where an expected count is
below 5. All others, and where patients have several samples: permutation of patients.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.characteristics.contingency import independence
from zoo.evaluation.metrics.auc import auc
from zoo.evaluation.metrics.delong import delong_variance
from zoo.evaluation.predictions.by_patient import mixed_patients, patient_index
from zoo.evaluation.predictions.predictions import Predictions, take
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.subgroups import cochran
from zoo.evaluation.subgroups.by_kind import SUBGROUPS
from zoo.evaluation.subgroups.entries import entries_of
from zoo.evaluation.subgroups.grouping import Grouping
from zoo.evaluation.subgroups.permutation import permutation_tests

FEWEST = 20  # of either side in every group, for Q; benchmarks/heterogeneity.py
_SUCCESSES = ("accuracy", "sensitivity", "specificity", "ppv", "npv")


def tests(
    predictions: Predictions,
    groups: Grouping,
    levels: Mapping[str, dict],
    settings: Settings,
) -> dict[str, dict]:
    """Of every figure `test`, `p` and what belongs to it, or the `reason` of no p.

    Those whose value is not known are no group of the tests, and a group in which a
    figure is undefined is none of that figure's: `left_out` names it.

    Args:
        groups: of the rows of the predictions.
        levels: by group, as `results.level` gives them.
    """
    tested = [name for name in groups.names if not _is_unknown(name, groups)]
    figures = {name: entries_of(levels[name]) for name in tested}
    names = list(dict.fromkeys(key for part in figures.values() for key in part))
    if len(tested) < 2:
        return {name: _none("there are fewer than two groups") for name in names}
    rows = np.flatnonzero(groups.place < len(tested))
    known, place = take(predictions, rows), groups.place[rows]
    if _in_several(known, place):
        reason = "a patient has samples in several groups"
        return {name: _none(reason) for name in names}
    permuted = _permuted(known, place, settings)
    independent = len({*known.patient_id}) == len(known)
    entries = {}
    for name in names:
        defined = [
            group
            for group in tested
            if figures[group].get(name, {"value": None})["value"] is not None
        ]
        entry = _none("it is defined in fewer than two groups")
        if len(defined) > 1:
            entry = None
            if independent:
                entry = _by_counts(name, defined, levels, settings) or _by_area(
                    name, known, place, [tested.index(group) for group in defined]
                )
            entry = entry or permuted.get(name) or _none("it has no test")
        left_out = [group for group in tested if group not in defined]
        entries[name] = entry | ({"left_out": left_out} if left_out else {})
    return entries


def _is_unknown(name: str, groups: Grouping) -> bool:
    return groups.unknown and name == groups.names[-1]


def _none(reason: str) -> dict:
    return {"test": "", "p": None, "reason": reason}


def _in_several(predictions: Predictions, place: np.ndarray) -> bool:
    """Whether a patient's samples are in several groups."""
    pairs = set(zip(predictions.patient_id, place.tolist()))
    return len(pairs) > len({*predictions.patient_id})


def _by_counts(
    name: str, defined: Sequence[str], levels: Mapping[str, dict], settings: Settings
) -> dict | None:
    """The test of a proportion; none if it is none."""
    start, _, figure = name.rpartition(": ")
    if figure not in _SUCCESSES or "confusion" not in levels[defined[0]]:
        return None
    counts = []
    classes = list(levels[defined[0]]["samples_per_class"])
    for group in defined:
        confusion = np.array(levels[group]["confusion"])
        of_class = classes.index(start) if start else 0
        right, trials = _proportion(figure, confusion, of_class)
        counts.append((right, trials - right))
    result = independence(np.array(counts), seed=settings.seed)
    if result.p is None:  # all right, or all wrong, in every group
        return {"test": "Fisher", "p": 1.0}
    entry = {"test": result.test, "p": result.p}
    if result.statistic is not None:
        entry |= {"statistic": result.statistic, "degrees": result.degrees}
    return entry


def _proportion(figure: str, confusion: np.ndarray, of_class: int) -> tuple[int, int]:
    """Successes and trials."""
    total, tp = int(confusion.sum()), int(confusion[of_class, of_class])
    truly, called = int(confusion[of_class].sum()), int(confusion[:, of_class].sum())
    tn = total - truly - called + tp
    return {
        "accuracy": (int(np.trace(confusion)), total),
        "sensitivity": (tp, truly),
        "specificity": (tn, total - truly),
        "ppv": (tp, called),
        "npv": (tn, total - called),
    }[figure]


def _by_area(
    name: str, predictions: Predictions, place: np.ndarray, groups: Sequence[int]
) -> dict | None:
    """Cochran's Q of an AUC of one class; none where counts do not allow it."""
    start, _, figure = name.rpartition(": ")
    if figure != "auc" or not predictions.kind.single_label:
        return None
    classes = list(predictions.names)
    if not start and len(classes) > 2:
        return None
    of_class = classes.index(start) if start else 1
    estimates = []
    for group in groups:
        rows = place == group
        positive = predictions.label[rows] == of_class
        if min(positive.sum(), (~positive).sum()) < FEWEST:
            return None
        scores = predictions.probabilities[rows, of_class]
        area = auc(positive, scores)
        variance = delong_variance(positive, scores)
        if not 0 < area < 1 or variance <= 0:
            return None
        estimates.append(cochran.logit(area, variance))
    q = cochran.heterogeneity(*zip(*estimates))
    return {
        "test": "Cochran's Q",
        "p": q.p,
        "statistic": q.statistic,
        "degrees": q.degrees,
        "i2": q.i2,
    }


def _permuted(
    predictions: Predictions, place: np.ndarray, settings: Settings
) -> dict[str, dict]:
    """Permutation of patients, within classes where every patient has one."""
    patient = patient_index(predictions)
    group = np.zeros(patient.max() + 1, np.int64)
    group[patient] = place
    stratum = np.zeros_like(group)
    if predictions.kind.single_label and not mixed_patients(predictions):
        stratum[patient] = predictions.label
    results = permutation_tests(
        SUBGROUPS[predictions.kind.name].replicate(predictions),
        patient=patient,
        group=group,
        stratum=stratum,
        permutations=settings.bootstrap,
        seed=settings.seed,
    )
    return {
        name: _none(result.reason)
        if result.p is None
        else {"test": "permutation", "p": result.p}
        for name, result in results.items()
    }
