"""The b-value of an image: standard tag, the vendors' private ones, SequenceName."""

import re

from pipelines.readers.dicom import ge_diffusion, siemens_csa
from pipelines.readers.dicom.elements import Elements, number, text
from pipelines.readers.dicom.vendor_elements import (
    VendorElement,
    maker_of,
    vendor_number,
)

# Siemens: *ep_b800t (trace), ep_b50, *ep_b1000#12 (direction 12). A pair such as
# *ep_b50_800 names what a map was computed from, not a b-value.
_SEQUENCE_NAME = re.compile(r"_b(\d+)(?:t|#\d+)?$")
_GE_OFFSET = 100_000  # GE adds 1e9 (and, at times, flags) to the b-value itself

_PRIVATE = (
    VendorElement(
        vendor="siemens", creator="SIEMENS MR HEADER", group=0x0019, element=0x0C
    ),
    VendorElement(vendor="ge", creator="GEMS_PARM_01", group=0x0043, element=0x39),
    VendorElement(
        vendor="philips", creator="Philips Imaging DD 001", group=0x2001, element=0x03
    ),
)


def b_value(elements: Elements) -> float | None:
    """The b-value in s/mm2; none where the header has none.

    Sources in this order: DiffusionBValue (0018,9087); Siemens (0019,xx0c), GE
    (0043,xx39), Philips (2001,xx03), found by their private creators or, where an
    anonymiser dropped those, in block 10 of that manufacturer; B_value of Siemens' CSA
    header, never its B_matrix, which holds what imaging gradients add; SequenceName.
    An image of GE that has no gradient is at 0, see `ge_diffusion`.
    """
    value = _stated(elements)
    return 0.0 if value and ge_diffusion.is_unweighted(elements) else value


def _stated(elements: Elements) -> float | None:
    standard = number(elements, "DiffusionBValue")
    if standard is not None:
        return standard
    maker = maker_of(elements)
    for element in _PRIVATE:
        if maker not in ("", element.vendor):  # nearly all: worth no look
            continue
        value = vendor_number(elements, element)
        if value is not None:
            too_large = element.vendor == "ge" and value >= _GE_OFFSET
            return value % _GE_OFFSET if too_large else value
    csa = siemens_csa.of_diffusion(elements)
    if csa is not None and csa.b_value is not None:
        return csa.b_value
    named = _SEQUENCE_NAME.search(text(elements, "SequenceName"))
    return float(named.group(1)) if named else None
