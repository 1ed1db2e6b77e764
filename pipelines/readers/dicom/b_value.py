"""The b-value of an image: standard tag, the vendors' private ones, SequenceName."""

import functools
import re
import struct
from dataclasses import dataclass
from typing import Any

from pipelines.readers.dicom.elements import Elements, number, text

# Siemens: *ep_b800t (trace), ep_b50, *ep_b1000#12 (direction 12). A pair such as
# *ep_b50_800 names what a map was computed from, not a b-value.
_SEQUENCE_NAME = re.compile(r"_b(\d+)(?:t|#\d+)?$")
_PRIVATE_BLOCKS = range(0x10, 0x14)
_GE_OFFSET = 100_000  # GE adds 1e9 (and, at times, flags) to the b-value itself


@dataclass(frozen=True, kw_only=True)
class _PrivateTag:
    """Where a vendor keeps the b-value: (group, block << 8 | element)."""

    vendor: str
    creator: str
    group: int
    element: int


_PRIVATE_TAGS = (
    _PrivateTag(
        vendor="siemens", creator="SIEMENS MR HEADER", group=0x0019, element=0x0C
    ),
    _PrivateTag(vendor="ge", creator="GEMS_PARM_01", group=0x0043, element=0x39),
    _PrivateTag(
        vendor="philips", creator="Philips Imaging DD 001", group=0x2001, element=0x03
    ),
)


def b_value(elements: Elements) -> float | None:
    """The b-value in s/mm2; none where the header has none.

    Sources in this order: DiffusionBValue (0018,9087); Siemens (0019,xx0c), GE
    (0043,xx39), Philips (2001,xx03), found by their private creators or, where an
    anonymiser dropped those, in block 10 of that manufacturer; SequenceName.
    """
    standard = number(elements, "DiffusionBValue")
    if standard is not None:
        return standard
    private = _private(elements)
    if private is not None:
        return private
    named = _SEQUENCE_NAME.search(text(elements, "SequenceName"))
    return float(named.group(1)) if named else None


def _private(elements: Elements) -> float | None:
    vendor_tags = _tags_of(text(elements, "Manufacturer"))
    for tag in vendor_tags or _PRIVATE_TAGS:
        block = _block(elements, tag, made_by_vendor=bool(vendor_tags))
        if block is None:
            continue
        element = elements.get((tag.group, block << 8 | tag.element))
        value = None if element is None else _first_number(element.value)
        if value is not None:
            too_large = tag.vendor == "ge" and value >= _GE_OFFSET
            return value % _GE_OFFSET if too_large else value
    return None


@functools.lru_cache
def _tags_of(manufacturer: str) -> tuple[_PrivateTag, ...]:
    maker = manufacturer.lower().split(" ")[0]
    return tuple(tag for tag in _PRIVATE_TAGS if maker.startswith(tag.vendor))


def _block(elements: Elements, tag: _PrivateTag, *, made_by_vendor: bool) -> int | None:
    """The block whose creator is the tag's, or block 10 of a vendor that lost it."""
    lost = made_by_vendor
    for block in _PRIVATE_BLOCKS:
        element = elements.get((tag.group, block))
        if element is None:
            continue
        if str(element.value).strip().lower() == tag.creator.lower():
            return block
        lost = lost and block != _PRIVATE_BLOCKS[0]
    return _PRIVATE_BLOCKS[0] if lost else None


def _first_number(value: Any) -> float | None:
    """The first number of a value, also where its type was lost (VR UN, OB)."""
    if isinstance(value, bytes):
        return _number_of_bytes(value)
    if hasattr(value, "__iter__") and not isinstance(value, str):
        value = next(iter(value), None)
    if value is None or value == "":
        return None
    return float(value)


def _number_of_bytes(value: bytes) -> float | None:
    """Decimal text (IS, DS) or else a little-endian float (FL, FD)."""
    try:
        return float(value.split(b"\\")[0].strip(b" \0"))
    except ValueError:
        kind = {4: "<f", 8: "<d"}.get(len(value))
        return struct.unpack(kind, value)[0] if kind else None
