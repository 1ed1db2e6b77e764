"""The content of metrics.json on every kind of target, by its name."""

from collections.abc import Callable
from dataclasses import dataclass

from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results import classification, multilabel, ordinal, regression
from zoo.evaluation.results.settings import Settings
from zoo.targets.classification import CLASSIFICATION


@dataclass(frozen=True, kw_only=True)
class Results:
    """What metrics.json says of one kind of target.

    Args:
        described: what it says of predictions in general.
        level: the metrics of the rows as they are, at the level of patients or samples.
        truth: what the samples of a patient may differ in, a plural.
        headline: of a level, the first metric to look at: its title, and its entry.
    """

    described: Callable[[Predictions], dict]
    level: Callable[[Predictions, Settings], dict]
    truth: str
    headline: Callable[[dict], tuple[str, dict]]


def _error_of_first_column(level: dict) -> tuple[str, dict]:
    name, entries = next(iter(level["per_column"].items()))
    return f"Mean absolute error of {name}", entries["mae"]


RESULTS: dict[str, Results] = {
    "classification": Results(
        described=classification.described,
        level=classification.level,
        truth="classes",
        headline=lambda level: ("AUC", level["auc"]),
    ),
    "ordinal": Results(
        described=ordinal.described,
        level=ordinal.level,
        truth="classes",
        headline=lambda level: ("Quadratic kappa", level["quadratic_kappa"]),
    ),
    "multilabel": Results(
        described=multilabel.described,
        level=multilabel.level,
        truth="labels",
        headline=lambda level: ("mean AUC of the labels", level["auc"]),
    ),
    "regression": Results(
        described=regression.described,
        level=regression.level,
        truth="numbers",
        headline=_error_of_first_column,
    ),
}


def kind_of(evidence: dict) -> str:
    """The kind of target that a target's part of metrics.json is on.

    That of a classification names none.
    """
    return evidence.get("kind", CLASSIFICATION.name)
