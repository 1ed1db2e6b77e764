"""A logistic regression on what the scanner says of itself, without any image."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from pipelines.characteristics.columns import Column
from zoo.evaluation.metrics.auc import auc_of_classes

FOLDS = 5
_STEPS = 500


@dataclass(frozen=True, kw_only=True, eq=False)
class Design:
    """Patients as numbers.

    Args:
        names: of the E numbers.
        numbers: `[P, E]`, each of mean 0 and deviation 1.
    """

    names: tuple[str, ...]
    numbers: np.ndarray


def design(columns: Mapping[str, Column]) -> Design:
    """A 0 or 1 for each level and for not known; numbers, the mean where not known.

    What is the same in all patients is left out. Means and deviations are those of all
    patients: they know nothing of the classes.
    """
    names, numbers = [], []
    for column in columns.values():
        missing = (~column.known).astype(float)
        if column.levels:
            for place, level in enumerate(column.levels):
                names.append(f"{column.name}={level}")
                numbers.append((column.values == place).astype(float))
        elif column.known.any():
            names.append(column.name)
            mean = column.values[column.known].mean()
            numbers.append(np.where(column.known, column.values, mean))
        names.append(f"{column.name} missing")
        numbers.append(missing)
    kept = [place for place, values in enumerate(numbers) if np.ptp(values) > 1e-9]
    table = np.array([numbers[place] for place in kept], float)
    if len(kept):
        table -= table.mean(axis=1, keepdims=True)
        table /= table.std(axis=1, keepdims=True)
    return Design(names=tuple(names[place] for place in kept), numbers=table.T)


def out_of_fold(
    numbers: np.ndarray, labels: np.ndarray, classes: int, *, repeats: int, seed: int
) -> np.ndarray:
    """Probabilities `[P, K]` of patients by models that did not see them.

    The mean over `repeats` stratified cross-validations of at most 5 folds. The penalty
    is scikit-learn's default (L2, C = 1), fixed: nothing is chosen.

    Args:
        numbers: `[P, E]`.
        labels: class indices, int `[P]`; every class has two patients or more.
        classes: K.
    """
    folds = min(FOLDS, int(np.bincount(labels, minlength=classes).min()))
    total = np.zeros((len(labels), classes))
    for repeat in range(repeats):
        dealt = StratifiedKFold(folds, shuffle=True, random_state=seed + repeat)
        for train, test in dealt.split(numbers, labels):
            model = LogisticRegression(max_iter=_STEPS)
            model.fit(numbers[train], labels[train])
            total[test] += model.predict_proba(numbers[test])
    return total / repeats


def area_and_p(
    numbers: np.ndarray,
    labels: np.ndarray,
    classes: int,
    *,
    permutations: int,
    seed: int,
) -> tuple[float, float]:
    """AUC of one cross-validation, and its p by label permutation, one-sided.

    Labels are exchanged between patients and all is fitted anew (Ojala and Garriga,
    JMLR 11, 2010, test 1): p = (as good + 1) / (permutations + 1).
    """

    def area(truth: np.ndarray) -> float:
        probabilities = out_of_fold(numbers, truth, classes, repeats=1, seed=seed)
        return auc_of_classes(truth, probabilities)

    observed = area(labels)
    generator = np.random.default_rng(seed)
    areas = [area(generator.permutation(labels)) for _ in range(permutations)]
    as_good = sum(value >= observed - 1e-12 for value in areas)
    return observed, (as_good + 1) / (permutations + 1)
