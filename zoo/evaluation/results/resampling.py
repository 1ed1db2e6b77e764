"""How the patients of a split are drawn for the bootstrap, or why they can't be."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.metrics.bootstrap import resampled
from zoo.evaluation.metrics.intervals import Interval, percentile
from zoo.evaluation.predictions.by_patient import mixed_patients, patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.settings import Settings

WITHIN_CLASSES, PATIENTS = "patients within classes", "patients"
RESAMPLED = (WITHIN_CLASSES, PATIENTS)
_ALONE = "there is only one patient"


@dataclass(frozen=True, kw_only=True, eq=False)
class Resampling:
    """The strata that patients are drawn within.

    Args:
        stratum: number of each patient's, int `[P]`.
        how: patients are drawn, one of `RESAMPLED`.
        reason: why they can't be drawn; "" where they can.
    """

    stratum: np.ndarray
    how: str
    reason: str = ""

    def text(self) -> str:
        """As it stands in metrics.json under `resampling`."""
        return f"none: {self.reason}" if self.reason else self.how

    def replicates(
        self,
        replicate: Callable[[np.ndarray], dict],
        predictions: Predictions,
        settings: Settings,
    ) -> dict | None:
        """Metrics of all resamples, see `bootstrap.resampled`; none for a reason."""
        if self.reason:
            return None
        return resampled(
            replicate,
            patient_index(predictions),
            stratum=self.stratum,
            resamples=settings.bootstrap,
            seed=settings.seed,
        )

    def interval(self, values: np.ndarray | None, confidence: float) -> Interval:
        """Of the replicates `[R]` of a metric, of which there are none for a reason."""
        if values is None:
            return Interval(method="bootstrap", reason=self.reason)
        return percentile(values, confidence)


def within_classes(predictions: Predictions) -> Resampling:
    """Patients are drawn within their classes.

    Where a patient has samples of several classes there are no such strata, and
    patients are drawn from all alike.
    """
    if mixed_patients(predictions):
        return from_all(predictions)
    index = patient_index(predictions)
    stratum = np.zeros(index.max() + 1, dtype=np.int64)
    stratum[index] = predictions.label
    classes, sizes = np.unique(stratum, return_counts=True)
    reason = ""
    if sizes.min() < 2:
        rarest = predictions.names[classes[np.argmin(sizes)]]
        reason = f"class {rarest} has only one patient"
    return Resampling(stratum=stratum, how=WITHIN_CLASSES, reason=reason)


def from_all(predictions: Predictions) -> Resampling:
    """Patients are drawn from all alike."""
    patients = len(set(predictions.patient_id))
    return Resampling(
        stratum=np.zeros(patients, dtype=np.int64),
        how=PATIENTS,
        reason=_ALONE if patients < 2 else "",
    )
