"""Private elements of the vendors, found by their creators, and their numbers."""

import functools
import struct
from dataclasses import dataclass
from typing import Any

from pipelines.readers.dicom.elements import Elements, text

_BLOCKS = range(0x10, 0x14)
_VENDORS = ("siemens", "ge", "philips")


@dataclass(frozen=True, kw_only=True)
class VendorElement:
    """A private element: (group, block << 8 | element) of its creator's block."""

    vendor: str
    creator: str
    group: int
    element: int


def maker_of(elements: Elements) -> str:
    """The vendor of a header: siemens, ge or philips; "" = another, or unknown."""
    return _vendor(text(elements, "Manufacturer"))


def vendor_value(elements: Elements, wanted: VendorElement) -> Any:
    """The value of a private element as the header gives it; none = it has none.

    Its block is the one that its creator reserved or, where an anonymiser dropped
    all creators of the group, block 10 of a header of that manufacturer. A header of
    another manufacturer has no such element.
    """
    maker = maker_of(elements)
    if maker not in ("", wanted.vendor):
        return None
    block = _block(elements, wanted, made_by_vendor=bool(maker))
    if block is None:
        return None
    element = elements.get((wanted.group, block << 8 | wanted.element))
    return None if element is None else element.value


def vendor_number(elements: Elements, wanted: VendorElement) -> float | None:
    """The first number of a private element, also where its type was lost."""
    values = vendor_numbers(elements, wanted)
    return values[0] if values else None


def vendor_numbers(elements: Elements, wanted: VendorElement) -> tuple[float, ...]:
    """All numbers of a private element, also where its type was lost (VR UN, OB).

    None where it holds something else, such as the word of an anonymiser.
    """
    value = vendor_value(elements, wanted)
    if value is None or value == "":
        return ()
    if isinstance(value, bytes):
        return _numbers_of_bytes(value)
    several = hasattr(value, "__iter__") and not isinstance(value, str)
    try:
        return tuple(float(number) for number in (value if several else (value,)))
    except (ValueError, TypeError):
        return ()


def vendor_text(elements: Elements, wanted: VendorElement) -> str:
    """The text of a private element without blanks around it."""
    value = vendor_value(elements, wanted)
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if isinstance(value, tuple):  # plain already: see `walked_elements`
        value = "\\".join(map(str, value))
    return "" if value is None else str(value).strip(" \0")


@functools.lru_cache
def _vendor(manufacturer: str) -> str:
    maker = manufacturer.lower().split(" ")[0]
    return next((vendor for vendor in _VENDORS if maker.startswith(vendor)), "")


def _block(
    elements: Elements, wanted: VendorElement, *, made_by_vendor: bool
) -> int | None:
    """The block whose creator is the wanted one, or block 10 of a vendor without."""
    lost = made_by_vendor
    for block in _BLOCKS:
        element = elements.get((wanted.group, block))
        if element is None:
            continue
        if str(element.value).strip().lower() == wanted.creator.lower():
            return block
        lost = lost and block != _BLOCKS[0]
    return _BLOCKS[0] if lost else None


def _numbers_of_bytes(value: bytes) -> tuple[float, ...]:
    """Decimal text (IS, DS) or else little-endian floats (FD, FL), but no words."""
    if value.strip(b" ").isalpha():
        return ()
    try:
        return tuple(float(part.strip(b" \0")) for part in value.split(b"\\"))
    except ValueError:
        for kind in ("d", "f"):
            size = struct.calcsize(kind)
            if value and len(value) % size == 0 and len(value) // size in (1, 3):
                return struct.unpack(f"<{len(value) // size}{kind}", value)
    return ()
