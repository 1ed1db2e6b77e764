"""A comparison as text for the terminal."""

import dataclasses
import math
from collections.abc import Mapping, Sequence

from pipelines.figures.names import short_names
from pipelines.terminal.table import align
from zoo.evaluation.comparison.inference import METHODS
from zoo.evaluation.comparison.report import verdict
from zoo.evaluation.comparison.report.comparison import Comparison, figure_title
from zoo.evaluation.comparison.report.row import Row
from zoo.runs import seen_patients

_PLACES = 28  # of a name; a run's own has 26


def text(comparison: Comparison) -> str:
    """What is compared, the tables, and each result in a sentence."""
    names = [source.name for source in comparison.same.sources]
    short = short_names(names, _PLACES)
    shown = dict(zip(names, short.shown))
    rows = [_renamed(row, shown) for row in comparison.rows]
    of_patients = [row for row in rows if not row.folds]
    of_folds = [row for row in rows if row.folds]
    preface = "\n".join([_preface(comparison), *short.legend])
    parts = [preface, _table(comparison, of_patients)]
    parts.append(_sentences(comparison, of_patients))
    if of_folds:
        repeats = len(comparison.same.sources[0].repeats)
        folds = f"the folds of all {repeats} repeats" if repeats > 1 else "folds"
        parts.append(
            f"means over {folds}: do the two ways to train differ, not these networks?"
        )
        parts.append(_table(comparison, of_folds))
        parts.append(_sentences(comparison, of_folds))
    parts.append(_methods(comparison))
    return "\n\n".join(parts)


def _renamed(row: Row, shown: Mapping[str, str]) -> Row:
    over = row.over and (shown[row.over[0]], shown[row.over[1]])
    return dataclasses.replace(
        row, model=shown[row.model], reference=shown[row.reference], over=over
    )


def p_text(p: float | None) -> str:
    """Three decimals; `-` where there is none."""
    if p is None:
        return "-"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _preface(comparison: Comparison) -> str:
    same = comparison.same
    lines = [f"{source.name}: {source.what}" for source in same.sources]
    counted = f"{comparison.patients} patients"
    if same.level == "sample":
        counted = f"{comparison.samples} samples of {counted}"
    lines.append(f"compared by {same.level} on the same {counted}")
    if same.note:
        lines.append(f"note: {same.note}")
    lines += [
        f"note: {count} {same.level}s of {name} are left out: not in all sources"
        for name, count in same.left_out.items()
        if count
    ]
    split = same.sources[0].predictions.split[0]
    lines += [
        f"note: {source.name}: {seen_patients.note({split: source.seen})}"
        for source in same.sources
        if source.seen
    ]
    lines += _once(comparison)
    return "\n".join(lines)


def _once(comparison: Comparison) -> list[str]:
    """A note for each source that was dealt once, where others are repeated."""
    sources = comparison.same.sources
    if not any(source.further for source in sources):
        return []
    return [
        f"note: {source.name} was not repeated: the luck of its one deal and seed is "
        "in its figures, and in no interval"
        for source in sources
        if not source.further
    ]


def _table(comparison: Comparison, rows: Sequence[Row]) -> str:
    percent = f"{100 * comparison.confidence:g}%"
    head = ["figure", "model", "reference", "model's", "reference's"]
    if comparison.question.gains:
        head = ["figure", "gain of", "and of", "gain", "other gain"]
    head += [f"difference ({percent} interval)", "p", "Holm p", "result"]
    return align([head, *(_cells(comparison, row) for row in rows)])


def _cells(comparison: Comparison, row: Row) -> list[str]:
    def show(value: float) -> str:
        return "-" if math.isnan(value) else comparison.show(value)

    return [
        figure_title(row.figure.name),
        *row.titles,
        show(row.value),
        show(row.reference_value),
        difference_text(comparison, row),
        p_text(row.inference.p),
        p_text(row.p_holm),
        verdict.short(row, comparison.confidence),
    ]


def difference_text(comparison: Comparison, row: Row) -> str:
    """For example `+0.021 (-0.013 to +0.055)`."""

    def signed(value: float) -> str:
        sign = "-" if value < 0 else "+"
        return f"{sign}{comparison.show(abs(value))}"

    if math.isnan(row.difference):
        return "-"
    inference = row.inference
    if inference.low is None:
        return f"{signed(row.difference)} (no interval)"
    low, high = signed(inference.low), signed(inference.high)
    return f"{signed(row.difference)} ({low} to {high})"


def _sentences(comparison: Comparison, rows: Sequence[Row]) -> str:
    lines = []
    for row in rows:
        words = verdict.sentence(row, comparison.confidence, comparison.show)
        calls = ""
        if row.discordance is not None:
            calls = (
                f" (of {row.discordance.units} calls {row.discordance.mine} right by "
                f"{row.model} alone, {row.discordance.other} by {row.reference} alone)"
            )
        lines.append(
            f"{figure_title(row.figure.name)}, {' and '.join(row.titles)}: "
            f"{words}{calls}"
        )
    return "\n".join(lines)


def _methods(comparison: Comparison) -> str:
    """Each method once, and what p allow for."""
    used = dict.fromkeys(row.inference.method for row in comparison.rows)
    titles: dict[str, list[str]] = {method: [] for method in used if method}
    for row in comparison.rows:
        words = figure_title(row.figure.name)
        if row.inference.method and words not in titles[row.inference.method]:
            titles[row.inference.method].append(words)
    lines = [f"{', '.join(names)}: {METHODS[m]}" for m, names in titles.items()]
    if comparison.question.gains:
        lines.append(
            "a gain is a model's figure less that of what it is over; differences of "
            "gains are tested on the same patients, proportions without McNemar's test"
        )
    lines += _repeated(comparison)
    if comparison.question.aggregate == "mean":
        lines.append("figures are means over the folds")
    elif _areas_of_folds(comparison):
        lines.append(
            "an area of pooled folds also compares scores of different folds' "
            "networks; --fold-mean takes the mean of the folds' areas"
        )
    bootstrap = comparison.question.settings.bootstrap
    lines.append(
        f"Holm p: allows for the {comparison.tests} tests of the first table; the "
        f"bootstrap draws {bootstrap} resamples of patients"
    )
    return "\n".join(lines)


def _repeated(comparison: Comparison) -> list[str]:
    """What the tests of patients are of, where a source is repeated."""
    names = [source.name for source in comparison.same.sources if source.further]
    if not names:
        return []
    lines = [
        f"figures of {', '.join(names)} are means over repeats. Tests and intervals "
        "are over patients, each with the mean over the repeats of what it adds to a "
        "figure: repeats do not make patients more"
    ]
    if any(row.figure.proportion and not row.folds for row in comparison.rows):
        lines.append("proportions: no McNemar test, which calls that are averaged lack")
    return lines


def _areas_of_folds(comparison: Comparison) -> bool:
    """Whether a row is of an area under the scores of several networks."""
    areas = {"delong", "obuchowski_auc"}
    folds = (len(set(s.predictions.fold)) for s in comparison.same.sources)
    used = {row.inference.method for row in comparison.rows}
    return bool(used & areas) and max(folds) > 1
