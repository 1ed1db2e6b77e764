"""Reject rules: how known a sample looks, and below what it is unknown.

A rule gives a score, higher where a sample looks more like what was trained on; a
sample whose score is below the rule's threshold is unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from pipelines.errors import DataError
from pipelines.storage import config_files

LOGITS, FEATURES = "logits", "features"  # names of a network's outputs
Numbers = tuple[float, ...]


class RejectRule(Protocol):
    """From outputs of a network to scores.

    Args:
        threshold: a sample of a lower score is unknown.
        needs: names of the outputs that it looks at, beside the probabilities.
    """

    threshold: float
    needs: tuple[str, ...]

    def scores(
        self, calibrated: np.ndarray, outputs: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """Float64 `[N]`.

        Args:
            calibrated: probabilities `[N, K]`.
            outputs: by the names in `needs`, `[N, ...]`.
        """


@dataclass(frozen=True, kw_only=True)
class LargestProbability:
    """The calibrated probability of the most probable class (Chow, 1970)."""

    threshold: float = -np.inf
    needs = ()

    def scores(
        self, calibrated: np.ndarray, outputs: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """See `RejectRule.scores`."""
        return np.asarray(calibrated, np.float64).max(axis=1)


@dataclass(frozen=True, kw_only=True)
class Energy:
    """The negative free energy of the logits: log sum exp (Liu et al., 2020)."""

    threshold: float = -np.inf
    needs = (LOGITS,)

    def scores(
        self, calibrated: np.ndarray, outputs: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """See `RejectRule.scores`."""
        logits = np.asarray(outputs[LOGITS], np.float64)
        highest = logits.max(axis=1)
        return highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))


@dataclass(frozen=True, kw_only=True)
class Mahalanobis:
    """Minus the squared distance to the nearest class in features (Lee et al., 2018).

    The classes share a covariance, in the form of probabilistic principal components
    (Tipping and Bishop, 1999): a variance along each of R directions, and one for all
    that is at right angles to them, so that fewer samples than features will do.

    Args:
        means: of each class, `[K][F]`.
        directions: orthonormal, `[R][F]`.
        variances: along them, R.
        rest: variance of every direction at right angles to them; positive.
    """

    means: tuple[Numbers, ...]
    directions: tuple[Numbers, ...]
    variances: Numbers
    rest: float
    threshold: float = -np.inf
    needs = (FEATURES,)

    def scores(
        self, calibrated: np.ndarray, outputs: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """See `RejectRule.scores`.

        Raises:
            DataError: another number of features.
        """
        features = np.asarray(outputs[FEATURES], np.float64)
        means = np.array(self.means)
        if features.shape[1] != means.shape[1]:
            raise DataError(
                f"the reject rule was fitted to {means.shape[1]} features. Received: "
                f"{features.shape[1]}. Fit it anew with python -m zoo.calibrate"
            )
        directions = np.array(self.directions).reshape(-1, means.shape[1])
        weights = 1 / np.array(self.variances) - 1 / self.rest
        distances = []
        for mean in means:
            away = features - mean
            along = away @ directions.T
            distances.append((away**2).sum(1) / self.rest + along**2 @ weights)
        return -np.min(distances, axis=0)


RULES: dict[str, type] = {
    "largest": LargestProbability,
    "energy": Energy,
    "mahalanobis": Mahalanobis,
}

IN_WORDS = {
    "largest": "largest probability",
    "energy": "energy of the logits",
    "mahalanobis": "Mahalanobis distance",
}


def name_of(rule: RejectRule) -> str:
    """Its name in `RULES`."""
    return next(name for name, kind in RULES.items() if isinstance(rule, kind))


def to_fields(rule: RejectRule) -> dict[str, Any]:
    """As JSON has it."""
    return config_files.to_variant(rule, RULES, "rule")


def from_fields(fields: Mapping[str, Any]) -> RejectRule:
    """What `to_fields` gave.

    Raises:
        DataError: no such rule, or numbers that it can't have.
    """
    return config_files.from_variant(fields, RULES, "rule", name="reject rule")
