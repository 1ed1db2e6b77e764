"""The figures of merit that models are compared by, by the names of metrics.json.

`auc` is of all classes, labels or columns; `sensitivity:ill` of one. They follow from
probabilities or predicted numbers alone, as metrics.json has them, where an objective
of the same kind may want the logits (`objectives`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.errors import UsageError
from zoo.evaluation.comparison import sample_terms, single_name, weighted_metrics
from zoo.evaluation.comparison.forms import Areas, Form, Mean, Other
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.comparison.single_name import OfName
from zoo.evaluation.predictions.predictions import Predictions

_PROPORTIONS = ("accuracy", "sensitivity", "specificity")
_SMALLER_IS_BETTER = ("log_loss", "brier", "grade_error", "mae", "rmse")
_SHARES = (*_PROPORTIONS, "auc", "balanced_accuracy", "ppv", "npv", "f1")
_CORRELATIONS = ("kappa", "quadratic_kappa", "pearson", "spearman", "ccc")
_RANGES = dict.fromkeys(_SHARES, (0.0, 1.0)) | dict.fromkeys(_CORRELATIONS, (-1.0, 1.0))


@dataclass(frozen=True, kw_only=True)
class FigureOfMerit:
    """A number by which two models are compared.

    Args:
        name: `accuracy`, or of one class, label or column `sensitivity:ill`.
        objective: how it follows from predictions.
        proportion: whether it is a share of samples of which each counts or not.
    """

    name: str
    objective: Objective
    proportion: bool = False


@dataclass(frozen=True, kw_only=True)
class _OfKind:
    """What figures a kind of target has.

    Args:
        default: those that are compared if none is named.
        overall: of all names together.
        single: of one name, from its index.
        proportions: the overall ones that are proportions.
    """

    default: tuple[str, ...]
    overall: Mapping[str, Form]
    single: Mapping[str, OfName]
    proportions: tuple[str, ...] = ()


_CLASSES = {
    "auc": Areas(curves=sample_terms.curves_of_classes),
    "accuracy": Mean(terms=sample_terms.called_right),
    "balanced_accuracy": Mean(terms=sample_terms.right_by_class, columns_alike=True),
    "kappa": Other(of_weights=weighted_metrics.kappa),
    "log_loss": Mean(terms=sample_terms.log_loss),
    "brier": Mean(terms=sample_terms.squared_error),
}
_ONE_CLASS = {
    "auc": single_name.area(single_name.of_classes),
    "sensitivity": single_name.sensitivity(single_name.of_classes),
    "specificity": single_name.specificity(single_name.of_classes),
    "accuracy": single_name.accuracy(single_name.of_classes),
    **{name: single_name.class_metric(name) for name in ("ppv", "npv", "f1", "kappa")},
}
_FIGURES = {
    "classification": _OfKind(
        default=("auc", "accuracy"),
        overall=_CLASSES,
        single=_ONE_CLASS,
        proportions=("accuracy",),
    ),
    "ordinal": _OfKind(
        default=("quadratic_kappa", "accuracy"),
        overall={
            **_CLASSES,
            "quadratic_kappa": Other(of_weights=weighted_metrics.quadratic_kappa),
            "grade_error": Mean(terms=sample_terms.grade_error),
        },
        single=_ONE_CLASS,
        proportions=("accuracy",),
    ),
    "multilabel": _OfKind(
        default=("auc", "accuracy"),
        overall={
            "auc": Areas(curves=sample_terms.shares_of_labels),
            "accuracy": Mean(
                terms=sample_terms.called_right_labels, columns_alike=True
            ),
            "f1": Other(of_weights=weighted_metrics.f1),
            "log_loss": Mean(terms=sample_terms.log_loss_of_labels, columns_alike=True),
            "brier": Mean(
                terms=sample_terms.squared_error_of_labels, columns_alike=True
            ),
        },
        single={
            "auc": single_name.area(single_name.of_labels),
            "sensitivity": single_name.sensitivity(single_name.of_labels),
            "specificity": single_name.specificity(single_name.of_labels),
            "accuracy": single_name.accuracy(single_name.of_labels),
            "log_loss": single_name.column_of(sample_terms.log_loss_of_labels),
            "brier": single_name.column_of(sample_terms.squared_error_of_labels),
            **{
                name: single_name.label_metric(name)
                for name in ("ppv", "npv", "f1", "kappa")
            },
        },
    ),
    "regression": _OfKind(
        default=("mae",),
        overall={
            "mae": Mean(terms=sample_terms.absolute_error, columns_alike=True),
            **{
                name: Other(of_weights=weighted_metrics.of_numbers(name))
                for name in ("rmse", "r2", "pearson", "spearman", "ccc")
            },
        },
        single={
            "mae": single_name.column_of(sample_terms.absolute_error),
            **{
                name: single_name.number_metric(name)
                for name in ("rmse", "r2", "pearson", "spearman", "ccc")
            },
        },
    ),
}


def default(predictions: Predictions) -> tuple[FigureOfMerit, ...]:
    """Those that are compared if none is named."""
    names = _FIGURES[predictions.kind.name].default
    return tuple(named(name, predictions) for name in names)


def named(text: str, predictions: Predictions) -> FigureOfMerit:
    """The figure of a name.

    Of two classes `sensitivity` alone is that of class 1.

    Raises:
        UsageError: there is none; lists those there are.
    """
    figures, names = _FIGURES[predictions.kind.name], predictions.names
    word, _, name = text.partition(":")
    if not name and word in figures.overall:
        return _figure(
            text, figures.overall[word], predictions, word in figures.proportions
        )
    if not name and predictions.kind.single_label and len(names) == 2:
        name = names[1]
    if word in figures.single and name in names:
        form = figures.single[word](names.index(name))
        proportion = word in _PROPORTIONS
        return _figure(f"{word}:{name}", form, predictions, proportion)
    raise UsageError(
        f"there is no figure {text!r}. There are {', '.join(figures.overall)}; of one "
        f"alone {', '.join(f'{single}:NAME' for single in figures.single)}, with NAME "
        f"one of {', '.join(names)}"
    )


def _figure(
    name: str, form: Form, predictions: Predictions, proportion: bool
) -> FigureOfMerit:
    word = name.partition(":")[0]
    objective = Objective(
        name=name,
        direction="min" if word in _SMALLER_IS_BETTER else "max",
        forms={predictions.kind.name: form},
        range=_RANGES.get(word, (-math.inf, math.inf)),
    )
    return FigureOfMerit(name=name, objective=objective, proportion=proportion)
