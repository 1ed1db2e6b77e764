"""What a source holds as a table: a row for each kind of series and vendor."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.drafting.conditions import b_values_text
from pipelines.drafting.kinds import Kind, Member
from pipelines.drafting.stack import Stack, Stacks
from pipelines.readers.dicom.headers import Series

HEADINGS = ("kind", "vendor", "plane", "b", "TE / TR in ms", "slices")
HEADINGS += ("spacing in mm", "studies")
CALLED = "called"  # what the headers call it: for the screen alone
_VENDORS = ("Siemens", "GE", "Philips", "Hitachi", "Canon", "Toshiba", "Fujifilm")
_VENDORS += ("United Imaging", "UIH", "Bruker", "Esaote", "Neusoft")
_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The table, a row each.

    Args:
        rows: cells under `HEADINGS`; nothing that a header words.
        called: what the headers call each row; private.
    """

    rows: tuple[tuple[str, ...], ...]
    called: tuple[str, ...] = ()


def of_kinds(kinds: Sequence[Kind]) -> Overview:
    """Of DICOM series, every kind there is."""
    rows, called = [], []
    for kind in kinds:
        vendors: dict[str, list[Member]] = {}
        for member in kind.members:
            vendors.setdefault(vendor_of(member.series), []).append(member)
        for vendor, members in sorted(vendors.items()):
            rows.append(_row(kind, vendor, members))
            called.append(_called(members))
    return Overview(rows=tuple(rows), called=tuple(called))


def of_stacks(stacks: Stacks, numbers: Counter[str]) -> Overview:
    """Of a table of volumes.

    Args:
        numbers: of studies, by sequence; some may have files that make no volume.
    """
    rows = []
    for name, number in numbers.most_common():
        there = [study[name] for study in stacks.values() if name in study]
        planes = ", ".join(sorted({stack.plane for stack in there}))
        row = (name, "", planes, "", "", _slices(there), _spacing(there), str(number))
        rows.append(row)
    return Overview(rows=tuple(rows))


def vendor_of(series: Series) -> str:
    """The manufacturer in one word, as far as it is one that is known."""
    stated = series.manufacturer.casefold()
    if not stated.strip():
        return "unknown"
    return next((v for v in _VENDORS if v.casefold() in stated), "other")


def _row(kind: Kind, vendor: str, members: Sequence[Member]) -> tuple[str, ...]:
    series = [member.series for member in members]
    times = " / ".join(
        _range([getattr(one, name) for one in series])
        for name in ("echo_time_ms", "repetition_time_ms")
    )
    slices = _range([len(one.frames) for one in series])
    return (
        kind.name,
        vendor,
        kind.plane,
        b_values_text(kind),
        times,
        slices,
        _series_spacing(series),
        str(len({member.study for member in members})),
    )


def _series_spacing(series: Sequence[Series]) -> str:
    """Between slices x between rows, each by the median series."""
    between = [mm for mm in map(_slice_distance_mm, series) if mm is not None]
    pixels = [s.frames[0].spacing_mm[0] for s in series if s.frames[0].spacing_mm]
    return " x ".join(f"{median(mm):.3g}" if mm else "?" for mm in (between, pixels))


def _slice_distance_mm(series: Series) -> float | None:
    """By the first and the last slice; the thickness where there is but one."""
    first, last = series.frames[0].position_mm, series.frames[-1].position_mm
    if len(series.frames) == 1 or first is None or last is None:
        return series.frames[0].slice_thickness_mm
    return math.dist(first, last) / (len(series.frames) - 1)


def _slices(stacks: Sequence[Stack]) -> str:
    return _range([stack.shape[0] for stack in stacks])


def _spacing(stacks: Sequence[Stack]) -> str:
    if not stacks:
        return ""
    return " x ".join(
        f"{median(s.spacing_mm[axis] for s in stacks):.3g}" for axis in (0, 1)
    )


def _range(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "?"
    low, high = f"{min(known):.4g}", f"{max(known):.4g}"
    return low if low == high else f"{low}-{high}"


def _called(members: Sequence[Member]) -> str:
    names = Counter(m.series.description.strip() or "(nothing)" for m in members)
    shown = ", ".join(name for name, _ in names.most_common(_SHOWN))
    return shown + (", ..." if len(names) > _SHOWN else "")
