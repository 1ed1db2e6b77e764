"""What a rule may ask of a header, in the order in which a radiologist would."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pipelines.cohort.maps import MAP_WORDS
from pipelines.drafting import weighting as physics
from pipelines.drafting.b_value_words import RANGES
from pipelines.drafting.kinds import Kind, span
from pipelines.drafting.telling_facts import COMPONENTS
from pipelines.readers.dicom.headers import Series

# Keys of a `Match` with their values: one condition.
Condition = tuple[str, Any]

_TIMES = ("echo_time_ms", "repetition_time_ms", "inversion_time_ms")
_CODES = ("EP", "GR", "IR", "SE")
# Of ImageType, what says how an image came about; the rest are habits of a vendor.
_TELLING = {*MAP_WORDS, "LOCALIZER", "ORIGINAL", "DERIVED", "SECONDARY", "DIFFUSION"}
_TELLING |= {"TRACEW", "CALC_BVALUE", "MPR", "MIP", "MINIP", "PROJECTION IMAGE"}
_TELLING |= set().union(*COMPONENTS.values())
_MARGIN = 0.25  # by which another scanner's times may differ
_B_MARGIN = 25.0  # s/mm2
_USUAL_ECHO_MS = {"T2WI": physics.LONG_ECHO_MS, "T1WI": physics.SHORT_ECHO_MS}
_USUAL_ECHO_MS |= {"FLAIR": physics.LONG_ECHO_MS, "PD": physics.SHORT_ECHO_MS}


def core(kind: Kind, part: Sequence[Series]) -> list[Condition]:
    """What makes the kind what it is, so that its rule always says it."""
    conditions: list[Condition] = []
    if part[0].modality not in ("", "MR"):
        conditions.append(("modality", part[0].modality))
    if kind.weighting == "ADC":
        conditions.append(_adc(part))
    elif kind.b_values is not None:
        conditions.append(("b_value", _b_range(kind)))
    elif kind.weighting == "FLAIR" and span(s.inversion_time_ms for s in part):
        conditions.append(("inversion_time_ms", physics.FLUID_INVERSION_MS))
    else:
        conditions += _echo_range(kind, part)
    if kind.plane in ("axial", "sagittal", "coronal"):
        conditions.append(("plane", kind.plane))
    return conditions


def further(
    kind: Kind, part: Sequence[Series], others: Sequence[Series]
) -> Iterator[Condition]:
    """What may tell the kind from others, the most general first.

    Each is for all of `part`, as far as can be seen here; the matcher says whether.
    """
    codes = _words(part, "scanning_sequence")
    yield from (("not_scanning_sequence", (c,)) for c in _CODES if c not in codes)
    yield from (("scanning_sequence", (c,)) for c in _CODES if c in codes)
    yield "diffusion", False
    yield "contrast", kind.contrast
    yield from _usual_times(kind)
    types = _words(part, "image_type") & _TELLING
    foreign = _words(others, "image_type") & _TELLING
    yield from (("not_image_type", (word,)) for word in sorted(foreign - types))
    yield from (("image_type", (word,)) for word in sorted(types))
    yield "scan_options", ("FS",)
    yield "not_scan_options", ("FS",)
    yield from (("phase", phase) for phase in _phases(part))
    for name in _TIMES:
        yield from _range(name, part, others)
    yield "not_description", physics.LOCALIZER_WORDS
    yield "not_description", physics.CALCULATED_WORDS
    if kind.weighting == "DWI_calculated":
        yield "description", physics.CALCULATED_WORDS
    if kind.weighting in physics.GRADIENT_ECHO_WORDS:
        yield "description", physics.GRADIENT_ECHO_WORDS[kind.weighting]
    yield from (("not_description", p) for p in physics.GRADIENT_ECHO_WORDS.values())
    yield "description", physics.FAT_WORDS
    yield "not_description", physics.FAT_WORDS


def by_description(part: Iterable[Series]) -> Condition:
    """The descriptions themselves, where nothing else tells a kind apart."""
    texts = sorted({series.description.strip() for series in part})
    return "description", f"^ *({'|'.join(map(re.escape, texts))}) *$"


def _adc(part: Sequence[Series]) -> Condition:
    stated = all("ADC" in series.image_type for series in part)
    return ("image_type", ("ADC",)) if stated else ("description", physics.ADC_WORDS)


def _b_range(kind: Kind) -> tuple[float, float]:
    """All b-values of a range by name; else those around the one there is."""
    lowest, highest = kind.b_values
    for word in kind.name.split("_"):
        if word in RANGES:
            return RANGES[word]
    margin = _B_MARGIN if highest > 2 * _B_MARGIN else lowest / 2
    return max(0.0, lowest - margin), highest + max(margin, 10.0)


def _echo_range(kind: Kind, part: Sequence[Series]) -> list[Condition]:
    there = span(series.echo_time_ms for series in part)
    usual = _USUAL_ECHO_MS.get(kind.weighting)
    if there is None or usual is None:
        return []
    if usual[0] <= there[0] and there[1] <= usual[1]:
        return [("echo_time_ms", usual)]
    return [("echo_time_ms", _widened(there))]


def _usual_times(kind: Kind) -> Iterator[Condition]:
    if kind.weighting in ("T2WI", "FLAIR", "PD"):
        yield "repetition_time_ms", physics.LONG_REPETITION_MS
    if kind.weighting == "T1WI":
        yield "repetition_time_ms", physics.SHORT_REPETITION_MS
    if kind.weighting == "FLAIR":
        yield "echo_time_ms", physics.LONG_ECHO_MS


def _range(
    name: str, part: Sequence[Series], others: Sequence[Series]
) -> Iterator[Condition]:
    """Around what there is, to halfway to the nearest of the others."""
    there = span(getattr(series, name) for series in part)
    if there is None:
        return
    low, high = _widened(there)
    for other in (getattr(series, name) for series in others):
        if other is not None and low <= other < there[0]:
            low = (other + there[0]) / 2
        if other is not None and there[1] < other <= high:
            high = (other + there[1]) / 2
    yield name, (_short(low), _short(high))


def _widened(there: tuple[float, float]) -> tuple[float, float]:
    low, high = there
    return _short(low * (1 - _MARGIN)), _short(high * (1 + _MARGIN))


def _short(number: float) -> float:
    return float(f"{number:.4g}")


def _words(series: Iterable[Series], name: str) -> set[str]:
    return {word.strip().upper() for one in series for word in getattr(one, name)}


def _phases(part: Sequence[Series]) -> list[int]:
    """The one place in time that all have, counted from the first or the last."""
    if any(series.phases < 2 for series in part):
        return []
    first = {series.phase for series in part}
    last = {series.phase - series.phases - 1 for series in part}
    return [next(iter(places)) for places in (first, last) if len(places) == 1]


def b_values_text(kind: Kind) -> str:
    """E.g. `"800"`, `"0 to 50"`, or "" without diffusion."""
    if kind.b_values is None:
        return ""
    low, high = kind.b_values
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
