"""What models are compared by: objectives by name, each a number of predictions.

`val_loss`, `val_auc`, `val_accuracy`, `val_mae` and `val_r2` are what training writes
into the history, of the same samples and by the same rule; the others are metrics of
`zoo.evaluation.metrics` by sample, of numbers the mean over the columns. All are by
sample: what a patient with several samples does to their spread is the affair of
`contributions`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from pipelines.errors import DataError, UsageError
from zoo.evaluation.comparison import sample_terms, weighted_metrics
from zoo.evaluation.comparison.forms import Areas, Form, Mean, Other, resampled
from zoo.evaluation.predictions.predictions import Predictions
from zoo.targets.kind import TargetKind
from zoo.targets.target_output import TargetOutput


@dataclass(frozen=True, kw_only=True)
class Objective:
    """A number by which models are compared.

    Args:
        name: as a command takes it.
        direction: whether the largest or the smallest is the best.
        forms: how it follows from predictions, by the name of the target's kind.
        recorded: the kinds of which it can't be had from predictions: the run's history
            alone has it.
        range: the least and the largest that it can be.
    """

    name: str
    direction: Literal["max", "min"]
    forms: Mapping[str, Form]
    recorded: frozenset[str] = field(default_factory=frozenset)
    range: tuple[float, float] = (-math.inf, math.inf)

    @property
    def sign(self) -> int:
        """1 where more is better, else -1."""
        return 1 if self.direction == "max" else -1

    def within(self, low: float, high: float) -> tuple[float, float]:
        """The interval of a difference of two of them, cut to what that can be."""
        widest = self.range[1] - self.range[0]
        return max(-widest, low), min(widest, high)

    def check(self, target_output: TargetOutput) -> None:
        """Raises a UsageError where a target of this kind has no such objective."""
        self._check_kind(target_output.kind)

    def from_predictions(self, kind: TargetKind) -> bool:
        """Whether it follows from predictions; else from a run's history alone."""
        self._check_kind(kind)
        return kind.name in self.forms

    def form(self, kind: TargetKind) -> Form:
        """How it follows from predictions of this kind.

        Raises:
            UsageError: the kind has no such objective.
            DataError: it is in the run's history alone.
        """
        if not self.from_predictions(kind):
            raise DataError(
                f"{self.name} of a {kind.name} does not follow from predictions: it is "
                "of numbers standardised by the training split. Take the one of the "
                "run's history, or the objective val_mae"
            )
        return self.forms[kind.name]

    def of(self, predictions: Predictions) -> float:
        """The objective of predictions; NaN where it is undefined.

        Raises:
            UsageError, DataError: as `form` does.
        """
        weights = np.ones((1, len(predictions)))
        return float(resampled(self.form(predictions.kind), predictions, weights)[0])

    def _check_kind(self, kind: TargetKind) -> None:
        if kind.name not in {*self.forms, *self.recorded}:
            raise UsageError(
                f"a target of kind {kind.name} has no objective {self.name}. "
                f"There are {', '.join(names_of(kind))}"
            )


def named(name: str) -> Objective:
    """The objective of a name.

    Raises:
        UsageError: there is none; lists those there are.
    """
    if name not in OBJECTIVES:
        raise UsageError(
            f"there is no objective {name!r}. There are {', '.join(OBJECTIVES)}"
        )
    return OBJECTIVES[name]


def names_of(kind: TargetKind) -> tuple[str, ...]:
    """The objectives that a target of this kind has."""
    return tuple(
        name
        for name, objective in OBJECTIVES.items()
        if kind.name in {*objective.forms, *objective.recorded}
    )


_EVERYWHERE = (-math.inf, math.inf)
_SHARE, _CORRELATION, _NOT_NEGATIVE = (0.0, 1.0), (-1.0, 1.0), (0.0, math.inf)
# Direction and range of each.
_NUMBERS: dict[str, tuple[Literal["max", "min"], tuple[float, float]]] = {
    "val_auc": ("max", _SHARE),
    "val_loss": ("min", _NOT_NEGATIVE),
    "val_accuracy": ("max", _SHARE),
    "balanced_accuracy": ("max", _SHARE),
    "brier": ("min", _NOT_NEGATIVE),
    "kappa": ("max", _CORRELATION),
    "f1": ("max", _SHARE),
    "quadratic_kappa": ("max", _CORRELATION),
    "grade_error": ("min", _NOT_NEGATIVE),
    "val_mae": ("min", _NOT_NEGATIVE),
    "val_r2": ("max", (-math.inf, 1.0)),
    "pearson": ("max", _CORRELATION),
    "spearman": ("max", _CORRELATION),
    "ccc": ("max", _CORRELATION),
    "rmse": ("min", _NOT_NEGATIVE),
}
# Of one class a sample, without and with an order.
_OF_CLASSES: dict[str, Form] = {
    "val_auc": Areas(curves=sample_terms.curves_of_classes),
    "val_accuracy": Mean(terms=sample_terms.right),
    "balanced_accuracy": Mean(terms=sample_terms.right_by_class, columns_alike=True),
    "brier": Mean(terms=sample_terms.squared_error),
    "kappa": Other(of_weights=weighted_metrics.kappa),
}
# How each follows from predictions of a kind; none = from the run's history alone.
_FORMS: dict[str, dict[str, Form | None]] = {
    "classification": {
        **_OF_CLASSES,
        "val_loss": Mean(terms=sample_terms.cross_entropy),
    },
    "multilabel": {
        "val_auc": Areas(curves=sample_terms.curves_of_labels, defined_alone=True),
        "val_loss": Mean(terms=sample_terms.labels_loss),
        "val_accuracy": Mean(terms=sample_terms.right_labels),
        "brier": Mean(terms=sample_terms.squared_error_of_labels, columns_alike=True),
        "f1": Other(of_weights=weighted_metrics.f1),
    },
    "ordinal": {
        **_OF_CLASSES,
        "val_loss": Mean(terms=sample_terms.steps_loss),
        "quadratic_kappa": Other(of_weights=weighted_metrics.quadratic_kappa),
        "grade_error": Mean(terms=sample_terms.grade_error),
    },
    "regression": {
        "val_loss": None,
        "val_mae": Mean(terms=sample_terms.absolute_error, columns_alike=True),
        "val_r2": Other(of_weights=weighted_metrics.of_numbers("r2")),
        **{
            name: Other(of_weights=weighted_metrics.of_numbers(name))
            for name in ("pearson", "spearman", "ccc", "rmse")
        },
    },
}


def _objective(name: str) -> Objective:
    """One of the mappings above."""
    direction, bounds = _NUMBERS[name]
    forms = {kind: its[name] for kind, its in _FORMS.items() if name in its}
    return Objective(
        name=name,
        direction=direction,
        range=bounds,
        forms={kind: form for kind, form in forms.items() if form is not None},
        recorded=frozenset(kind for kind, form in forms.items() if form is None),
    )


OBJECTIVES: dict[str, Objective] = {name: _objective(name) for name in _NUMBERS}
