"""series.csv, and the lines for the terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipelines.privacy.original_ids import guarded
from pipelines.storage import csv_files
from zoo.naming.series_row import BIDS, COLUMNS, REASON, UNKNOWN, SeriesRow

NOTE = (
    "series.csv holds PatientID and UIDs, for it says which series is which: it is "
    "personal data, to be kept as such"
)


def text(rows: Sequence[SeriesRow], names: Mapping[str, str] | None = None) -> str:
    """The text of series.csv.

    Args:
        names: in the manner of BIDS, by series_id; none = no such column.
    """
    header = [*COLUMNS, *(() if names is None else (BIDS,)), REASON]
    return csv_files.to_text_for_people(header, [_cells(row, names) for row in rows])


def _cells(row: SeriesRow, names: Mapping[str, str] | None) -> list[object]:
    return [
        guarded(row.series_id),
        guarded(row.study_id),
        guarded(row.patient_id),
        row.sequence,
        "" if row.probability is None else f"{row.probability:.6g}",
        row.rule,
        row.agreement,
        row.images,
        *(() if names is None else (names.get(row.series_id, ""),)),
        row.reason,
    ]


def summary(rows: Sequence[SeriesRow], *, seconds: float) -> str:
    """How many of each sequence, how often the rules agree, and the throughput."""
    counts = Counter(row.sequence or "not readable" for row in rows)
    named = sorted(name for name in counts if name not in (UNKNOWN, "not readable"))
    order = [*named, *(n for n in (UNKNOWN, "not readable") if n in counts)]
    asked = [row for row in rows if row.agreement]
    agree = sum(row.agreement == "yes" for row in asked)
    excluded = sum(row.error is not None and not row.is_fault for row in rows)
    lines = [f"{name}: {counts[name]}" for name in order]
    if excluded:
        lines.append(f"{UNKNOWN} by the task's criteria, not looked at: {excluded}")
    lines += [
        f"network and the task's rules say the same of {agree} of {len(asked)} series",
        f"{len(rows)} series in {seconds:.1f} s: {len(rows) / seconds:.2f} series/s",
    ]
    return "\n".join(lines)
