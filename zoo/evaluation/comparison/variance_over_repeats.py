"""The variance of a mean over the repeats of a cross-validation.

It is that of a weighted sum of objectives of the same patients,

    V = sum over repeats r, s of w_r w_s C_rs,

with C_rr as `metrics.clustered.group_variance` has it, and C_rs likewise of products of
a patient's contributions to r and s. Contributions are about the mean of the patient's
group in its fold, which takes from their products: of patients with the variance v

    E[d_ir d_is] = v (1 - 1/n_r - 1/n_s + m/(n_r n_s))

where n_r and n_s patients are in the groups that i is in, and m in both. C_rs is
divided by that; of one repeat it is the usual (n - 1)/n. So the same repeat twice
says no more than once, and small folds do not make an interval narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.comparison.contributions import Contributions

Parts = Sequence[tuple[float, Contributions]]


@dataclass(frozen=True, kw_only=True)
class Variance:
    """Of a weighted sum of objectives.

    Args:
        total: of the sum.
        degrees: of freedom, by Welch from each patient's share in the total, by group
            and fold; the mean over the repeats, each of whose deals is as good as any.
    """

    total: float
    degrees: float


def variance(parts: Parts) -> Variance | None:
    """The variance of the sum of `parts`, weights and contributions.

    Returns:
        None where a group has one patient alone in a fold.
    """
    repeats = [_Centred.of(part) for _, part in parts]
    if any((repeat.sizes[repeat.members] == 1).any() for repeat in repeats):
        return None
    weights = [weight for weight, _ in parts]
    within, between = np.zeros(repeats[0].members.shape), 0.0
    for r, (weight, first) in enumerate(zip(weights, repeats)):
        for other, second in zip(weights[: r + 1], repeats[: r + 1]):
            twice = 1 if second is first else 2
            of_groups, of_others = _covariance(first, second)
            within += twice * weight * other * of_groups
            between += twice * weight * other * of_others
    influence = sum(weight * part.influence for weight, part in parts)
    least = float((influence.sum(axis=1) ** 2).sum())  # of few patients V may be below
    members = np.any([repeat.members for repeat in repeats], axis=0)
    shares = np.abs(weights) / np.abs(weights).sum()
    degrees = [_degrees(within, members, repeat.fold) for repeat in repeats]
    return Variance(
        total=max(float(within.sum() + between), least),
        degrees=float(shares @ degrees),
    )


def _degrees(within: np.ndarray, members: np.ndarray, fold: np.ndarray) -> float:
    """Welch's, as of `spread.Spread`.

    Args:
        within: each patient's share in the variance, `[P, G]`.
        fold: of one repeat, `[P]`.
    """
    variances, sizes = [], []
    for number in np.unique(fold):
        rows = fold == number
        counts = members[rows].sum(axis=0)
        variances.append(within[rows].sum(axis=0)[counts > 0])
        sizes.append(counts[counts > 0])
    shares = np.maximum(np.concatenate(variances), 0.0)
    if not shares.any():
        return float(len(fold) - 1)
    squares = (shares**2 / (np.concatenate(sizes) + 1)).sum()
    return float(shares.sum() ** 2 / squares - 2)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Centred:
    """A repeat's contributions about the mean of each group in each fold.

    Args:
        fold: of each patient, `[P]`; below 0 = none.
        members, influence: as of `Contributions`, `[P, G]`.
        deviation: from the mean, `[P, G]`.
        sizes: patients of the group in the patient's fold, `[P, G]`.
        present: patients in the patient's fold, `[P]`.
    """

    fold: np.ndarray
    members: np.ndarray
    influence: np.ndarray
    deviation: np.ndarray
    sizes: np.ndarray
    present: np.ndarray

    @classmethod
    def of(cls, part: Contributions) -> "_Centred":
        deviation = part.influence.copy()
        sizes = np.zeros(part.members.shape)
        present = np.zeros(len(part.fold))
        for fold in np.unique(part.fold[part.fold >= 0]):
            rows = part.fold == fold
            counts = part.members[rows].sum(axis=0)
            sums = part.influence[rows].sum(axis=0)
            means = sums / np.maximum(counts, 1)
            deviation[rows] -= part.members[rows] * means
            sizes[rows] = counts
            present[rows] = rows.sum()
        return cls(
            fold=part.fold,
            members=part.members,
            influence=part.influence,
            deviation=deviation,
            sizes=sizes,
            present=present,
        )


def _covariance(first: _Centred, second: _Centred) -> tuple[np.ndarray, float]:
    """Of two repeats' objectives: `[P, G]`, and by patients in several groups."""
    products = first.influence * second.influence
    deviations = first.deviation * second.deviation
    kept = np.stack(
        [
            _kept(first, second, first.sizes[:, g], second.sizes[:, g], both)
            for g, both in enumerate((first.members & second.members).T)
        ],
        axis=1,
    )
    within = products + deviations * (1 / kept - 1)
    crossed = first.influence.sum(axis=1) * second.influence.sum(axis=1)
    crossed -= products.sum(axis=1)
    everybody = (first.fold >= 0) & (second.fold >= 0)
    share = _kept(first, second, first.present, second.present, everybody)
    return within, float((crossed / share).sum())


def _kept(
    first: _Centred,
    second: _Centred,
    first_sizes: np.ndarray,
    second_sizes: np.ndarray,
    both: np.ndarray,
) -> np.ndarray:
    """What is left of a product of deviations from two means, `[P]`; 1 of others.

    Args:
        first_sizes, second_sizes: how many each mean is of, `[P]`.
        both: who is in both, bool `[P]`.
    """
    kept = np.ones(len(both))
    pairs = first.fold[both] * (second.fold.max() + 1) + second.fold[both]
    shared = np.bincount(pairs)[pairs] if len(pairs) else 0
    n, m = first_sizes[both], second_sizes[both]
    kept[both] = 1 - 1 / n - 1 / m + shared / (n * m)
    return np.where(kept > 0, kept, 1.0)
