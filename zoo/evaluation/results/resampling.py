"""How the patients of a split are drawn for the bootstrap, or why they can't be."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.metrics.bootstrap import resampled
from zoo.evaluation.metrics.intervals import Interval, percentile
from zoo.evaluation.predictions.by_patient import mixed_patients, patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.settings import CASE_CONTROL, Settings

WITHIN_CLASSES, PATIENTS = "patients within classes", "patients"
RESAMPLED = (WITHIN_CLASSES, PATIENTS)
_ALONE = "there is only one patient"
# Below these counts such an interval is called approximate (docs/intervals.md).
FEW_PATIENTS = {
    "bootstrap": 30,
    "bootstrap_t": 30,
    "wilson_jackknife": 30,
    "wilson_bootstrap": 50,
}
FEW_OF_A_CLASS = {
    "bootstrap": 20,
    "bootstrap_t": 10,
    "wilson_jackknife": 4,
    "wilson_bootstrap": 10,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Resampling:
    """The strata that patients are drawn within.

    Args:
        stratum: number of each patient's, int `[P]`.
        how: patients are drawn, one of `RESAMPLED`.
        reason: why they can't be drawn; "" where they can.
        rarest: patients of the rarest class that there is; none where there are none.
    """

    stratum: np.ndarray
    how: str
    reason: str = ""
    rarest: int | None = None

    @property
    def patients(self) -> int:
        """That are drawn from."""
        return len(self.stratum)

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
        return self.marked(percentile(values, confidence, self.patients))

    def marked(self, interval: Interval) -> Interval:
        """The interval, called approximate where the counts are small."""
        if interval.reason:
            return interval
        few = FEW_OF_A_CLASS[interval.method]
        few_in_all = FEW_PATIENTS[interval.method]
        approximate = ""
        if self.rarest is not None and self.rarest < few:
            approximate = f"a class has fewer than {few} patients"
        elif self.patients < few_in_all:
            approximate = f"there are fewer than {few_in_all} patients"
        return dataclasses.replace(interval, approximate=approximate)


def of_classes(predictions: Predictions, settings: Settings) -> Resampling:
    """Patients are drawn freely or, of a case-control design, within their classes.

    Where a patient has samples of several classes there are no such strata, and
    patients are drawn freely.
    """
    free = from_all(predictions)
    index = patient_index(predictions)
    has = np.zeros((free.patients, len(predictions.names)), bool)
    has[index, predictions.label] = True
    counts = has.sum(axis=0)
    counts = counts[counts > 0]
    free = dataclasses.replace(free, rarest=int(counts.min()))
    if settings.design != CASE_CONTROL or mixed_patients(predictions):
        return free
    stratum = has.argmax(axis=1)
    reason = "every class has only one patient" if counts.max() < 2 else ""
    return dataclasses.replace(
        free, stratum=stratum, how=WITHIN_CLASSES, reason=free.reason or reason
    )


def of_event(predictions: Predictions, happened: np.ndarray) -> Resampling:
    """Patients are drawn freely; they have an event or not, or samples of either.

    Args:
        happened: whether it is true of a sample, bool `[N]`.
    """
    free, patient = from_all(predictions), patient_index(predictions)
    counts = [len(np.unique(patient[happened == value])) for value in (False, True)]
    rarest = min((count for count in counts if count), default=None)
    return dataclasses.replace(free, rarest=rarest)


def from_all(predictions: Predictions) -> Resampling:
    """Patients are drawn freely."""
    patients = len(set(predictions.patient_id))
    return Resampling(
        stratum=np.zeros(patients, dtype=np.int64),
        how=PATIENTS,
        reason=_ALONE if patients < 2 else "",
    )
