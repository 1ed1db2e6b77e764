"""A summary for people: the lines that `pipelines.inspect` prints."""

from collections.abc import Iterable, Sequence

from pipelines.cohort.inclusion import Flow
from pipelines.inspection.covariate_mix import CovariateOfGroup
from pipelines.inspection.summary import ALL, Summary
from pipelines.records.data_set import LEAKS
from pipelines.storage import config_files
from pipelines.terminal.table import align

_PAIRS_SHOWN = 10
_UNITS = {"study": "one record a study", "series": "one record a series"}


def render(summary: Summary) -> str:
    """The summary as text, without a line break at its end."""
    blocks = [
        _head(summary),
        _groups(summary),
        *(_mix(name, table) for name, table in summary.facts.items()),
        _numbers(summary),
        _shares(summary),
        *(_covariate(name, groups) for name, groups in summary.covariates.items()),
        _remarks(summary),
        _left_out(summary),
        _alike(summary),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(summary: Summary) -> list[str]:
    depth, rows, columns, channels = summary.shape
    lines = [LEAKS] if summary.split_by == "image" else []
    lines += [
        f"Data set {summary.task}: {summary.path}",
        f"  {summary.samples} samples of {summary.patients} patients, "
        f"{_UNITS[summary.unit]}",
        f"  each {depth} x {rows} x {columns} voxels, {summary.orientation}, "
        f"{summary.fit}; {channels} channel(s): {', '.join(summary.channels)}",
    ]
    if summary.spacing_mm:
        spacings = (
            f"{axis} {spacing.lowest:g} to {spacing.highest:g} "
            f"(median {spacing.median:g})"
            for axis, spacing in summary.spacing_mm.items()
        )
        lines.append(f"  spacing in mm: {'; '.join(spacings)}")
    key = summary.key_fingerprint or "none"
    lines.append(
        f"  format {summary.format}, digest {summary.digest[:16]}, project key {key}"
    )
    return lines


def _groups(summary: Summary) -> list[str]:
    classes = (
        list(next(iter(summary.groups.values())).classes) if summary.groups else []
    )
    return _table(
        ("split", "samples", "patients", *classes),
        [
            (name, count.samples, count.patients, *count.classes.values())
            for name, count in summary.groups.items()
        ],
    )


def _mix(name: str, table: dict[str, dict[str, int]]) -> list[str]:
    names = list(next(iter(table.values()))) if table else [ALL]
    return _table(
        (name, *names), [(value, *counts.values()) for value, counts in table.items()]
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A column of names, and numbers to its right."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    return [align(cells, right=range(1, len(header)))]


def _numbers(summary: Summary) -> list[str]:
    if not summary.numbers:
        return []
    return _table(
        ("target", "known", "lowest", "mean", "highest"),
        [
            (
                name,
                numbers.known,
                f"{numbers.lowest:.4g}",
                f"{numbers.mean:.4g}",
                f"{numbers.highest:.4g}",
            )
            for name, numbers in summary.numbers.items()
        ],
    )


def _shares(summary: Summary) -> list[str]:
    if not summary.shares:
        return []
    return _table(
        ("target", "has it", "of known"),
        [
            (f"{target}: {name}", *counts)
            for target, classes in summary.shares.items()
            for name, counts in classes.items()
        ],
    )


def _covariate(name: str, groups: dict[str, CovariateOfGroup]) -> list[str]:
    """A row for each group of the data set."""
    levels = list(next(iter(groups.values())).levels) if groups else []
    title = f"covariate {name}"
    if levels:
        header = (title, "samples", "known", *levels)
        rows = [
            (group, of.samples, of.known, *of.levels.values())
            for group, of in groups.items()
        ]
        return _table(header, rows)
    numbers = [
        (group, of.samples, of.known, *map(_short, (of.lowest, of.mean, of.highest)))
        for group, of in groups.items()
    ]
    return _table((title, "samples", "known", "lowest", "mean", "highest"), numbers)


def _short(number: float | None) -> str:
    return "" if number is None else f"{number:.4g}"


def _remarks(summary: Summary) -> list[str]:
    remarks = [
        f"{number} samples lack {channel}"
        for channel, number in summary.missing.items()
        if number
    ]
    remarks += [
        f"{number} samples have voxels of {channel} clipped at the 0.01 and 99.99 "
        "percentiles"
        for channel, number in summary.clipped.items()
        if number
    ]
    if summary.train_only:
        remarks.append(f"{summary.train_only} patients only ever train")
    return remarks


def _left_out(summary: Summary) -> list[str]:
    lines = []
    if summary.flow:
        lines += config_files.build(Flow, summary.flow, name="flow").text.splitlines()
    for reason in summary.reasons:
        lines += [
            f"rejected, {reason.code}: {reason.number}",
            f"  e.g. {reason.problem}. {reason.cure}",
        ]
    return lines or ["Nothing was left out"]


def _alike(summary: Summary) -> list[str]:
    lines = [f"the same voxels: {', '.join(samples)}" for samples in summary.duplicates]
    pairs = summary.near_duplicates
    if pairs:
        verb = "pair of patients looks" if len(pairs) == 1 else "pairs of patients look"
        lines.append(
            f"{len(pairs)} {verb} alike (perhaps one study under two ids; a montage "
            "shows them):"
        )
        lines += [
            f"  {first_id} and {second_id}"
            for first_id, second_id in pairs[:_PAIRS_SHOWN]
        ]
        if len(pairs) > _PAIRS_SHOWN:
            lines.append(f"  and {len(pairs) - _PAIRS_SHOWN} more (--json has all)")
    return lines or ["No duplicates"]
