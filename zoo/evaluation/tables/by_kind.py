"""The tables of every kind of target, by its name."""

from collections.abc import Callable
from dataclasses import dataclass

from zoo.evaluation.results.metric_text import decimals, significant
from zoo.evaluation.tables import classification, multilabel, ordinal, regression


@dataclass(frozen=True, kw_only=True)
class Tables:
    """How the evidence on one kind of target reads in the terminal.

    Args:
        overall: from the splits and a level, the metrics of all classes, labels or
            columns.
        details: further tables of a target's evidence.
        missing: why numbers of a split's level are missing.
        show: a number.
        baseline: what stands beside the network where there are covariates.
    """

    overall: Callable[[dict, str], str]
    details: Callable[[dict], list[str]]
    missing: Callable[[dict], list[str]]
    show: Callable[[float], str] = decimals
    baseline: str = "logistic regression"


TABLES: dict[str, Tables] = {
    "classification": Tables(
        overall=classification.overall,
        details=classification.details,
        missing=classification.missing,
    ),
    "ordinal": Tables(
        overall=ordinal.overall,
        details=classification.details,
        missing=ordinal.missing,
    ),
    "multilabel": Tables(
        overall=multilabel.overall,
        details=multilabel.details,
        missing=multilabel.missing,
    ),
    "regression": Tables(
        overall=regression.overall,
        details=regression.details,
        missing=regression.missing,
        show=significant,
        baseline="linear regression",
    ),
}
