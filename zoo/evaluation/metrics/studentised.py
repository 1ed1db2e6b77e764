"""The studentised bootstrap of means: of the log loss and the Brier score.

A few large terms make the distribution of such a mean skewed, and percentiles too
short. The bootstrap-t interval (Efron and Tibshirani, An introduction to the bootstrap,
1993, chapter 12.5) divides each resample's error by that resample's own standard error.
"""

import numpy as np

from zoo.evaluation.metrics.clustered import by_patient
from zoo.evaluation.metrics.intervals import Interval, check_confidence


class MeanOfPatients:
    """The mean of samples' terms, with the standard error over patients.

    Args:
        terms: of the samples, `[N]`.
        patient: number of each sample's patient, int `[N]`, from 0.
        stratum: that patients are drawn within, int `[P]`.
    """

    def __init__(self, terms: np.ndarray, patient: np.ndarray, stratum: np.ndarray):
        sums = by_patient(np.stack([terms, np.ones(len(terms))], axis=1), patient)
        total, number = sums.T
        products = (total, number, total**2, total * number, number**2)
        self._columns = np.stack((np.ones(len(total)), *products), axis=1)
        self._strata = [stratum == value for value in np.unique(stratum)]

    def errors(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard error in R resamples, `[R]` each.

        Args:
            weights: how often each patient stands in each resample, `[R, P]`.
        """
        sums = [
            (weights[:, members] @ self._columns[members]).T for members in self._strata
        ]
        _, total, number, *_ = np.sum(sums, axis=0)
        mean = total / number
        variance = np.zeros(len(weights))
        for patients, terms, samples, squares, products, sizes in sums:
            rest = terms - mean * samples
            within = squares - 2 * mean * products + mean**2 * sizes
            with np.errstate(divide="ignore", invalid="ignore"):
                within = (within - rest**2 / patients) * patients / (patients - 1)
            variance += np.where(patients > 1, within, 0.0)
        return mean, np.sqrt(np.maximum(variance, 0)) / number

    def deviations(self, weights: np.ndarray) -> np.ndarray:
        """Of each resample's mean from that of all in its standard errors, `[R]`."""
        mean, error = self.errors(weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(error > 1e-12, (mean - self.whole[0]) / error, np.nan)

    @property
    def whole(self) -> tuple[float, float]:
        """Mean and standard error of the set itself."""
        mean, error = self.errors(np.ones((1, len(self._columns))))
        return float(mean[0]), float(error[0])

    def interval(
        self, deviations: np.ndarray, confidence: float, *, most: float = np.inf
    ) -> Interval:
        """Of a mean of terms that are not below 0.

        Where a few terms make up all of it, resamples without them have a standard
        error of next to nothing, and the upper end goes beyond what can be.

        Args:
            deviations: of R resamples, `[R]`; those without a number are left out.
            most: what a term can be at most.
        """
        check_confidence(confidence)
        method = "bootstrap_t"
        mean, error = self.whole
        defined = deviations[np.isfinite(deviations)]
        undefined = int(deviations.size - defined.size)
        if error <= 1e-12:
            return Interval(method=method, reason="all patients have the same value")
        if defined.size < max(2, deviations.size / 2):
            reason = f"undefined in {undefined} of {deviations.size} resamples"
            return Interval(method=method, reason=reason, undefined=undefined)
        tail = (1 - confidence) / 2
        lower, upper = np.quantile(defined, (tail, 1 - tail))
        return Interval(
            method=method,
            low=max(0.0, mean - float(upper) * error),
            high=min(mean - float(lower) * error, most),
            undefined=undefined,
        )
