"""The figures of subgroups, as they stand in metrics.json."""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.comparison import holm
from zoo.evaluation.predictions.by_patient import Levels
from zoo.evaluation.predictions.predictions import Predictions, take
from zoo.evaluation.results.by_kind import RESULTS
from zoo.evaluation.results.settings import Settings
from zoo.evaluation.subgroups import heterogeneity
from zoo.evaluation.subgroups.grouping import grouping
from zoo.evaluation.subgroups.request import By
from zoo.evaluation.subgroups.sources import Sources, of_patients

FEW = 10  # patients, of classes of each: below it a group is marked


def evaluate(
    levels: Levels,
    level: str,
    asked: Sequence[By],
    sources: Sources,
    settings: Settings,
) -> dict:
    """Every figure in every subgroup, with tests between them.

    What metrics.json says under `subgroups`:

    - `split`; `level`: `patient` or `sample`; `few`: see `too_few`
    - `covariates`: by name
        - `cuts`: only of a number that was cut
        - `groups`: by group all that a level has (`run_evaluation.write`), and
          `too_few`: "" or why little can be said, e.g. `3 patients of class ill`
        - `heterogeneity`: by figure (`accuracy`, of a class `ill: sensitivity`) `test`,
          `p`, `p_holm` (over the covariates asked for, each figure by itself), and
          where the test has them `statistic`, `degrees`, `i2`; `left_out`: groups in
          which the figure is undefined; a `reason` where `p` is null

    A patient whose samples differ in a category is in the group `several`; of numbers
    it is their mean. Whose value is not known, is in a last group `unknown`, which no
    test looks at.

    Args:
        levels: of one split.
        level: `"patient"` or `"sample"`.
    """
    predictions = levels.at(level)
    split = predictions.split[0]
    covariates = {
        by.name: _covariate(levels, predictions, by, sources, settings) for by in asked
    }
    _adjust(covariates)
    return {"split": split, "level": level, "few": FEW, "covariates": covariates}


def _covariate(
    levels: Levels,
    predictions: Predictions,
    by: By,
    sources: Sources,
    settings: Settings,
) -> dict:
    column = sources.column(by, levels.sample)
    if predictions is levels.patient:
        column = of_patients(column, levels.sample)
    groups = grouping(by, column)
    results = RESULTS[predictions.kind.name]
    evidence = {}
    for number, name in enumerate(groups.names):
        part = take(predictions, np.flatnonzero(groups.place == number))
        evidence[name] = {"too_few": too_few(part), **results.level(part, settings)}
    return {
        **({"cuts": list(by.cuts)} if by.cuts else {}),
        "groups": evidence,
        "heterogeneity": heterogeneity.tests(predictions, groups, evidence, settings),
    }


def too_few(predictions: Predictions) -> str:
    """Why little can be said of a group; "" where enough can be.

    Fewer than 10 patients, or of classes fewer than 10 of one.
    """
    patients = len({*predictions.patient_id})
    if not predictions.kind.single_label:
        return _patients(patients) if patients < FEW else ""
    counts = {
        name: len(
            {
                patient
                for patient, label in zip(predictions.patient_id, predictions.label)
                if label == place
            }
        )
        for place, name in enumerate(predictions.names)
    }
    rarest = min(counts, key=counts.get)
    if counts[rarest] >= FEW:
        return ""
    return f"{_patients(counts[rarest])} of class {rarest}"


def _patients(number: int) -> str:
    if number == 0:
        return "no patient"
    return "1 patient" if number == 1 else f"{number} patients"


def _adjust(covariates: dict[str, dict]) -> None:
    """Adds `p_holm` to every test."""
    tables = [covariate["heterogeneity"] for covariate in covariates.values()]
    for name in dict.fromkeys(name for table in tables for name in table):
        entries = [table[name] for table in tables if name in table]
        adjusted = holm.adjusted([entry["p"] for entry in entries])
        for entry, p in zip(entries, adjusted):
            entry["p_holm"] = p
