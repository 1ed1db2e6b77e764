"""Figures of subgroups as tables: for the terminal, and all of them as rows."""

from collections.abc import Callable, Iterator

from pipelines.characteristics.table_text import p_text
from pipelines.terminal.table import align
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.metric_text import cell, title
from zoo.evaluation.results.shown import preferred
from zoo.evaluation.subgroups.by_kind import SUBGROUPS
from zoo.evaluation.subgroups.entries import entries_of

HEADER = (
    *("target", "split", "level", "covariate", "group", "patients", "samples"),
    *("too_few", "figure", "value", "method", "low", "high", "reason"),
    *("test", "statistic", "degrees", "i2", "p", "p_holm"),
)
_NONE = {"value": None, "intervals": {}}


def text(subgroups: dict, whole: dict, predictions: Predictions) -> str:
    """The headline figures of every group, and the p of each below.

    Args:
        subgroups: of metrics.json.
        whole: the level of all patients of the split.
        predictions: of that level.
    """
    kind = SUBGROUPS[predictions.kind.name]
    names = kind.headlines(predictions)
    tables = [
        _table(covariate, groups, subgroups, whole, names, kind.show)
        for covariate, groups in subgroups["covariates"].items()
    ]
    return "\n\n".join([*tables, *_notes(subgroups)])


def _table(
    covariate: str,
    evidence: dict,
    subgroups: dict,
    whole: dict,
    names: tuple[str, ...],
    show: Callable[[float], str],
) -> str:
    heading = f"{subgroups['split']}, by {covariate}"
    classes = [*whole.get("samples_per_class", {})]
    rows = [[heading, "patients", *classes, *map(title, names), ""]]
    groups = {"all": whole, **evidence["groups"]}
    for group, level in groups.items():
        entries = entries_of(level)
        counts = level.get("samples_per_class", {})
        few = level.get("too_few", "")
        rows.append(
            [
                group,
                str(level["patients"]),
                *(str(counts[name]) for name in classes),
                *(cell(entries.get(name, _NONE), show) for name in names),
                f"too few: {few}" if few else "",
            ]
        )
    tests = [evidence["heterogeneity"].get(name, {"p": None}) for name in names]
    blank = [""] * (1 + len(classes))
    rows.append(["p, heterogeneity", *blank, *map(_p, tests), ""])
    if len(subgroups["covariates"]) > 1:
        adjusted = (
            "-" if test["p"] is None else p_text(test["p_holm"]) for test in tests
        )
        rows.append(["p, Holm", *blank, *adjusted, ""])
    return align(rows)


def _p(test: dict) -> str:
    return "-" if test["p"] is None else f"{p_text(test['p'])} ({test['test']})"


def _notes(subgroups: dict) -> Iterator[str]:
    for covariate, evidence in subgroups["covariates"].items():
        tests = evidence["heterogeneity"].values()
        reasons = {test["reason"] for test in tests if test["p"] is None}
        if len(reasons) == 1 and all(test["p"] is None for test in tests):
            yield f"note: {covariate}: no test, {reasons.pop()}"


def rows(subgroups: dict, whole: dict, target: str = "") -> Iterator[list[object]]:
    """Every figure of all patients and of every group, by the names of `HEADER`.

    The tests of a covariate stand on each of its groups' rows. Intervals of every
    method are rows of their own; a figure without any has one row.
    """
    place = [target, subgroups["split"], subgroups["level"]]
    yield from _rows([*place, "", "all"], whole, {})
    for covariate, evidence in subgroups["covariates"].items():
        for group, level in evidence["groups"].items():
            start = [*place, covariate, group]
            yield from _rows(start, level, evidence["heterogeneity"])


def _rows(start: list[str], level: dict, tests: dict) -> Iterator[list[object]]:
    counts = [level["patients"], level["samples"], level.get("too_few", "")]
    for figure, entry in entries_of(level).items():
        test = tests.get(figure, {})
        end = [
            test.get("test", ""),
            *(_number(test.get(key)) for key in HEADER[-5:]),
        ]
        value = [figure, _number(entry["value"])]
        for method, interval in (entry["intervals"] or {"": {}}).items():
            ends = [_number(interval.get("low")), _number(interval.get("high"))]
            reason = interval.get("reason", entry.get("reason", ""))
            yield [*start, *counts, *value, method, *ends, reason, *end]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.9g}"


def shown_interval(entry: dict) -> tuple[float, float] | None:
    """The ends of the interval that tables and pictures show."""
    interval = None if entry["value"] is None else preferred(entry)
    return None if interval is None else (interval["low"], interval["high"])
