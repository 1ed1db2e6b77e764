"""What covariates alone can tell: regressions fitted on training samples."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold, StratifiedGroupKFold

INVERSE_PENALTIES = tuple(10.0**exponent for exponent in range(-3, 4))
_NOT_CHOSEN = 1.0
_FOLDS = 5
_STEPS = 2000

Part = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True, eq=False)
class Regression:
    """A fitted logistic regression.

    Args:
        inverse_penalty: C of the L2 penalty.
        folds: of the cross-validation that chose it; 0 = none could, for a class has a
            single training patient.
        model: scikit-learn's.
        classes: K.
    """

    inverse_penalty: float
    folds: int
    model: LogisticRegression
    classes: int

    def probabilities(self, numbers: np.ndarray) -> np.ndarray:
        """`[N, E]` to `[N, K]`; 0 for a class that training had no sample of."""
        probabilities = np.zeros((len(numbers), self.classes))
        probabilities[:, self.model.classes_] = self.model.predict_proba(numbers)
        return probabilities


def fit(
    numbers: np.ndarray,
    labels: np.ndarray,
    patients: Sequence[str],
    *,
    classes: int,
    seed: int,
) -> Regression:
    """A logistic regression (of several classes multinomial) with an L2 penalty.

    The penalty is the one of lowest log loss in a cross-validation by patient within
    these samples; of equal ones the strongest.

    Args:
        numbers: encoded covariates of the training samples, `[N, E]`.
        labels: class indices, int `[N]`; two different ones or more.
        patients: N pseudonyms.
        classes: K.
        seed: of the cross-validation's folds.
    """
    parts = _parts(numbers, labels, np.asarray(patients), seed)
    chosen = _NOT_CHOSEN
    if parts:
        losses = [
            sum(_loss(numbers, labels, part, penalty, classes) for part in parts)
            for penalty in INVERSE_PENALTIES
        ]
        chosen = INVERSE_PENALTIES[int(np.argmin(losses))]
    return Regression(
        inverse_penalty=chosen,
        folds=len(parts),
        model=_model(chosen).fit(numbers, labels),
        classes=classes,
    )


def _parts(
    numbers: np.ndarray, labels: np.ndarray, patients: np.ndarray, seed: int
) -> list[Part]:
    """Rows to fit and rows to judge; both sides of a part hold every class."""
    present = np.unique(labels)
    folds = min(_FOLDS, *(len(np.unique(patients[labels == c])) for c in present))
    if folds < 2:
        return []
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    return [
        (fitted, judged)
        for fitted, judged in split.split(numbers, labels, patients)
        if np.array_equal(np.unique(labels[fitted]), present)
    ]


def _loss(
    numbers: np.ndarray,
    labels: np.ndarray,
    part: Part,
    inverse_penalty: float,
    classes: int,
) -> float:
    """Log loss summed over the judged samples."""
    fitted, judged = part
    model = _model(inverse_penalty).fit(numbers[fitted], labels[fitted])
    probabilities = Regression(
        inverse_penalty=inverse_penalty, folds=0, model=model, classes=classes
    ).probabilities(numbers[judged])
    return log_loss(
        labels[judged], probabilities, normalize=False, labels=range(classes)
    )


def _model(inverse_penalty: float) -> LogisticRegression:
    return LogisticRegression(C=inverse_penalty, max_iter=_STEPS)


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearFit:
    """A fitted linear regression.

    Args:
        penalty: alpha of the L2 penalty (ridge).
        folds: of the cross-validation that chose it; 0 = none could, for there is a
            single training patient.
        model: scikit-learn's.
    """

    penalty: float
    folds: int
    model: Ridge


def fit_numbers(
    numbers: np.ndarray, values: np.ndarray, patients: Sequence[str], *, seed: int
) -> LinearFit:
    """A linear regression with an L2 penalty.

    The penalty is the one of lowest squared error in a cross-validation by patient
    within these samples; of equal ones the strongest. Arguments as of `fit`.

    Args:
        values: to be learned, `[N]`.
    """
    names, patient = np.unique(np.asarray(patients), return_inverse=True)
    folds = min(_FOLDS, len(names))
    split = KFold(folds, shuffle=True, random_state=seed) if folds >= 2 else None
    parts = [
        tuple(np.flatnonzero(np.isin(patient, side)) for side in sides)
        for sides in (split.split(names) if split else ())
    ]
    penalties = sorted((1 / penalty for penalty in INVERSE_PENALTIES), reverse=True)
    errors = [
        sum(
            np.sum(
                (_ridge(numbers, values, fitted, penalty, judged) - values[judged]) ** 2
            )
            for fitted, judged in parts
        )
        for penalty in penalties
    ]
    chosen = penalties[int(np.argmin(errors))] if parts else _NOT_CHOSEN
    model = Ridge(alpha=chosen).fit(numbers, values)
    return LinearFit(penalty=chosen, folds=len(parts), model=model)


def _ridge(
    numbers: np.ndarray,
    values: np.ndarray,
    fitted: np.ndarray,
    penalty: float,
    judged: np.ndarray,
) -> np.ndarray:
    model = Ridge(alpha=penalty).fit(numbers[fitted], values[fitted])
    return model.predict(numbers[judged])
