"""What a rule learns from the validation split: weights, or a stacking model."""

from collections.abc import Mapping

import numpy as np

from pipelines.errors import DataError
from zoo.ensembling.log_odds import features
from zoo.evaluation.predictions.average import weighted_mean
from zoo.targets.kind import TargetKind

Fitted = Mapping[str, list]  # plain lists by name, as ensemble.json has them

_PSEUDO_PATIENTS = 1.0  # a member, of the prior on weights
_INVERSE_STRENGTH = 1.0  # of the penalty of the stacking model
_LEAST = 1e-12  # a probability, so that its logarithm is a number


def weights(
    values: np.ndarray, truth: np.ndarray, kind: TargetKind, counts: np.ndarray
) -> Fitted:
    """Weights of M members, positive and of the sum 1.

    The most probable ones a posteriori. Of classes, grades and labels the likelihood is
    that of the mixture of the members' probabilities, of numbers Gaussian with the
    variance that the plain mean has in each column (stacked regression, Breiman 1996).
    The prior is Dirichlet's with one more patient a member: with few patients the
    weights stay near equal ones. A member that abstains is left out of the mixture.

    Args:
        values: probabilities or numbers `[M, N, K]`, NaN = the member abstains.
        truth: as of `Predictions`, `[N, T]`.
        kind: of the target.
        counts: what each sample counts `[N]`; a patient's samples 1 together.

    Returns:
        `weights`, M.
    """
    from scipy.optimize import minimize

    said, wanted, counted = _terms(values, truth, kind, counts)
    present = ~np.isnan(said)
    filled = np.nan_to_num(said)
    mean = weighted_mean(said[:, :, None])[:, 0]
    variance = None
    if not (kind.single_label or kind.binary):
        variance = _variance(mean, wanted, truth)

    def loss(scores: np.ndarray) -> tuple[float, np.ndarray]:
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        total = shares @ present
        mixed = (shares @ filled) / total
        if variance is None:
            likely = np.maximum(mixed, _LEAST)
            value = -counted @ np.log(likely)
            slope = np.where(mixed > _LEAST, -counted / likely, 0.0)
        else:
            value = 0.5 * counted @ ((wanted - mixed) ** 2 / variance)
            slope = -counted * (wanted - mixed) / variance
        by_share = (present * (filled - mixed) / total) @ slope
        value -= _PSEUDO_PATIENTS * np.log(shares).sum()
        by_share -= _PSEUDO_PATIENTS / shares
        return value, shares * (by_share - shares @ by_share)

    options = {"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9}
    start = np.zeros(len(values))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    shares = np.exp(best - best.max())
    return {"weights": (shares / shares.sum()).tolist()}


def _terms(
    values: np.ndarray, truth: np.ndarray, kind: TargetKind, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of what is known: what members say `[M, T]`, the truth and its count `[T]`.

    Of classes and labels what they say is the probability of the truth.
    """
    if kind.single_label:
        label = truth[:, 0].astype(int)
        return values[:, np.arange(len(label)), label], truth[:, 0], counts
    known = ~np.isnan(truth)
    said, wanted = values[:, known], truth[known]
    if kind.binary:
        said = np.where(wanted == 1, said, 1 - said)
    return said, wanted, np.broadcast_to(counts[:, None], truth.shape)[known]


def _variance(mean: np.ndarray, wanted: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Of each term that of its column, about the plain mean of the members."""
    known = ~np.isnan(truth)
    column = np.broadcast_to(np.arange(truth.shape[1]), truth.shape)[known]
    squares = np.bincount(column, (wanted - mean) ** 2, truth.shape[1])
    number = np.maximum(np.bincount(column, minlength=truth.shape[1]), 1)
    return np.maximum(squares / number, _LEAST)[column]


def stacking(
    values: np.ndarray, truth: np.ndarray, kind: TargetKind, counts: np.ndarray
) -> Fitted:
    """A logistic regression on members' log-odds (Wolpert 1992), penalised by L2.

    The penalty is half the sum of squared coefficients, as scikit-learn has it with
    C = 1; the intercept is free. Of more than two classes it is multinomial.

    Args:
        values, truth, kind, counts: as of `weights`.

    Returns:
        `coefficients`, a row for each class (of two classes one for the second), and
        `intercepts`.

    Raises:
        DataError: nobody in validation is of one of the classes.
    """
    from sklearn.linear_model import LogisticRegression

    label, classes = truth[:, 0].astype(int), values.shape[2]
    lacking = sorted({*range(classes)} - {*label.tolist()})
    if lacking:
        raise DataError(
            f"{len(lacking)} of {classes} classes have no patient in the validation "
            "split that all members share, so no stacking model can be fitted. Take "
            "--rule mean"
        )
    model = LogisticRegression(C=_INVERSE_STRENGTH, max_iter=10_000, tol=1e-8)
    model.fit(features(values), label, sample_weight=counts)
    return {
        "coefficients": model.coef_.tolist(),
        "intercepts": model.intercept_.tolist(),
    }
