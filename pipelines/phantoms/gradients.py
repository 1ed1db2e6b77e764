"""How three vendors write the direction of a diffusion gradient into classic files."""

import numpy as np

from pipelines.phantoms import csa_header, vendors
from pipelines.phantoms.protocols import Vector, Weighting
from pipelines.phantoms.stack import Stack
from pipelines.phantoms.vendors import Element, Vendor

_GE_COMBINED, _GE_TENSOR, _GE_NONE = 15, 16, 14  # (0043,xx30)


def elements(
    vendor: Vendor, weighting: Weighting, stack: Stack, slices: int = 0
) -> list[Element]:
    """The elements of one picture of a protocol with directions.

    Args:
        slices: in the mosaic of which these are the elements; 0 = it is none.
    """
    if vendor.name == vendors.SIEMENS.name:
        return _siemens(weighting, stack, slices)
    return (_ge if vendor.name == vendors.GE.name else _philips)(weighting, stack)


def sequence_name(vendor: Vendor, weighting: Weighting, number: int) -> str:
    """SequenceName of Siemens: `*ep_b0`, `*ep_b800#3` or `*ep_b800t`; "" = none.

    Args:
        number: of the direction, from 1.
    """
    if vendor is not vendors.SIEMENS:
        return ""
    name = f"*ep_b{weighting.b_value}"
    if weighting.direction is not None:
        return f"{name}#{number}"
    return f"{name}t" if weighting.b_value else name


def image_type(vendor: Vendor, weighting: Weighting) -> list[str]:
    """ImageType of one picture."""
    if vendor.name == vendors.GE.name:
        return ["ORIGINAL", "PRIMARY", "OTHER"]
    if vendor.name == vendors.PHILIPS.name:
        return ["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"]
    if weighting.b_value and weighting.direction is None:
        return ["DERIVED", "PRIMARY", "DIFFUSION", "TRACEW", "ND"]
    return ["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE", "ND"]


def directionality(weighting: Weighting) -> str:
    """DiffusionDirectionality (0018,9075)."""
    if not weighting.b_value:
        return "NONE"
    return "ISOTROPIC" if weighting.direction is None else "DIRECTIONAL"


def _siemens(weighting: Weighting, stack: Stack, slices: int) -> list[Element]:
    """Also of b = 0 it says DIRECTIONAL; a trace has no direction at all."""
    private = [
        _element(0x0019, 0x0010, "LO", "SIEMENS MR HEADER"),
        _element(0x0019, 0x100C, "IS", weighting.b_value),
    ]
    if weighting.direction is not None or not weighting.b_value:
        private.append(_element(0x0019, 0x100D, "CS", "DIRECTIONAL"))
    if weighting.direction is not None:
        private.append(_element(0x0019, 0x100E, "FD", list(weighting.direction)))
    return [
        *private,
        _element(0x0029, 0x0010, "LO", "SIEMENS CSA HEADER"),
        _element(0x0029, 0x1010, "OB", csa_header.content(weighting, stack, slices)),
    ]


def _ge(weighting: Weighting, stack: Stack) -> list[Element]:
    """The direction in axes of the image."""
    vector, flag = (0.0, 0.0, 0.0), _GE_COMBINED if weighting.b_value else _GE_NONE
    if weighting.direction is not None:
        axes = np.array([stack.row_direction, stack.column_direction, stack.normal])
        vector, flag = tuple(axes @ weighting.direction), _GE_TENSOR
    return [
        _element(0x0019, 0x0010, "LO", "GEMS_ACQU_01"),
        *(
            _element(0x0019, 0x10BB + axis, "DS", f"{value:.6f}")
            for axis, value in enumerate(vector)
        ),
        _element(0x0043, 0x0010, "LO", "GEMS_PARM_01"),
        _element(0x0043, 0x1030, "SS", flag),
        _element(0x0043, 0x1039, "IS", [1_000_000_000 + weighting.b_value, 8, 0, 0]),
    ]


def _philips(weighting: Weighting, _: Stack) -> list[Element]:
    vector: Vector = weighting.direction or (0.0, 0.0, 0.0)
    return [
        _element(0x0018, 0x9087, "FD", float(weighting.b_value)),
        _element(0x0018, 0x9075, "CS", directionality(weighting)),
        _element(0x0018, 0x9089, "FD", list(vector)),
        *philips_private(weighting),
    ]


def philips_private(weighting: Weighting) -> list[Element]:
    """What Philips writes beside the standard elements, in enhanced files as well."""
    vector: Vector = weighting.direction or (0.0, 0.0, 0.0)
    word = "I" if directionality(weighting) == "ISOTROPIC" else "S"
    return [
        _element(0x2001, 0x0010, "LO", "Philips Imaging DD 001"),
        _element(0x2001, 0x1003, "FL", float(weighting.b_value)),
        _element(0x2001, 0x1004, "CS", word),
        _element(0x2005, 0x0010, "LO", "Philips MR Imaging DD 001"),
        *(
            _element(0x2005, 0x10B0 + axis, "FL", value)
            for axis, value in enumerate(vector)
        ),
    ]


def _element(group: int, number: int, representation: str, value: object) -> Element:
    return Element(tag=(group, number), representation=representation, value=value)
