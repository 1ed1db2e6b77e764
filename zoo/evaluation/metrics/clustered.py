"""The variance of a figure to which patients add with all their samples."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupVariance:
    """Of a sum over patients in groups.

    Args:
        within: by group with a patient, `[g]`.
        degrees: of freedom of each, `[g]`.
        between: by patients with samples in several groups.
    """

    within: np.ndarray
    degrees: np.ndarray
    between: float

    @property
    def total(self) -> float:
        """Of the figure."""
        return float(self.within.sum() + self.between)


def group_variance(influence: np.ndarray, members: np.ndarray) -> GroupVariance | None:
    """Obuchowski's (Biometrics 53, 1997); of one sample a patient it is DeLong's.

    Squares of the patients' sums within a group are scaled by I / (I - 1) of its I
    patients, products between groups by that of all. A group's mean influence isn't
    scaled.

    Args:
        influence: what a patient's samples in a group add to the figure, `[P, G]`.
        members: whether the patient has a sample in the group, bool `[P, G]`.
    Returns:
        None where a group has one patient alone.
    """
    counts = members.sum(axis=0)
    if (counts == 1).any():
        return None
    variances, degrees = [], []
    for sums, count in zip(influence.T, counts):
        if count:
            centre = sums.sum() ** 2 / count
            variances.append((sums @ sums - centre) * count / (count - 1) + centre)
            degrees.append(count - 1)
    products = (influence.sum(axis=1) ** 2).sum() - (influence**2).sum()
    patients = len(influence)
    return GroupVariance(
        within=np.array(variances),
        degrees=np.array(degrees),
        between=float(products * patients / (patients - 1)),
    )


def by_patient(values: np.ndarray, patient: np.ndarray) -> np.ndarray:
    """Sums over the samples of each patient.

    Args:
        values: `[N]` or `[N, G]`.
        patient: number of each sample's patient, int `[N]`, from 0.
    Returns:
        `[P]` or `[P, G]`.
    """
    added = np.zeros((patient.max() + 1, *values.shape[1:]))
    np.add.at(added, patient, values)
    return added
