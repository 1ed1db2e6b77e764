"""How a series is named in messages: safe to write down, and in the header's words."""

import re
from collections.abc import Iterable

from pipelines.readers.dicom.headers import Series

_OUR_WORD = re.compile(
    r"(b|te|acq|t|phase)=([\d.e+-]+|none)|plane=(axial|sagittal|coronal|oblique|unknown)"
    r"(-\d+)?|dir=(\d+|none|unknown|trace(-of-\d+)?)"
)
_MOST = 6  # that a message names


def safe_part(part: str) -> str:
    """Numbers and planes of a part: nothing that a header words.

    The part of a series that was split by its image type holds ImageType's own text.
    """
    return ",".join(word for word in part.split(",") if _OUR_WORD.fullmatch(word))


def safe(series: Series) -> str:
    """Number and part, of which only numbers and planes."""
    number = "without number" if series.series_number is None else series.series_number
    part = safe_part(series.part)
    return f"series {number}" + (f" {part}" if part else "")


def safe_list(series: Iterable[Series]) -> str:
    """All of them, joined by words."""
    names = sorted(safe(candidate) for candidate in series)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def on_screen(series: Iterable[Series]) -> str:
    """All of them as their headers call them, with what tells them apart."""
    return "; ".join(sorted(map(_in_full, series)))


def _in_full(series: Series) -> str:
    facts = ["/".join(series.image_type), f"{len(series.frames)} slices"]
    if series.b_value is not None:
        facts.insert(0, f"b {series.b_value:g}")
    return f"{series.label}: {', '.join(filter(None, facts))}"


def shorter_than(series: Series) -> str:
    """What a part of a series lacks of the others: numbers and planes alone."""
    named = [
        f"{safe_part(part) or 'another part'} ({slices})"
        for part, slices in series.longer_parts
    ]
    more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
    return (
        f"{safe(series)} has {len(series.frames)} slices, and other parts of its "
        f"series have slices where it has none: {', '.join(named[:_MOST])}{more}"
    )
