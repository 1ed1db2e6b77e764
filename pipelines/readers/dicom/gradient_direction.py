"""Which way the diffusion gradient of an image points, and images by that."""

import math
import re

from pipelines.readers.dicom import ge_diffusion, siemens_csa
from pipelines.readers.dicom.elements import Elements, item, numbers, text, words
from pipelines.readers.dicom.headers import Frame, Series
from pipelines.readers.dicom.vendor_elements import (
    VendorElement,
    vendor_number,
    vendor_numbers,
    vendor_text,
)
from pipelines.readers.diffusion.gradient import (
    NO_GRADIENT_BELOW,
    Gradient,
    same_gradient,
)

_SIEMENS = {"vendor": "siemens", "creator": "SIEMENS MR HEADER", "group": 0x0019}
_PHILIPS = {
    "vendor": "philips",
    "creator": "Philips MR Imaging DD 001",
    "group": 0x2005,
}
_SIEMENS_DIRECTIONALITY = VendorElement(**_SIEMENS, element=0x0D)
_SIEMENS_DIRECTION = VendorElement(**_SIEMENS, element=0x0E)
_PHILIPS_DIRECTION = tuple(
    VendorElement(**_PHILIPS, element=e) for e in (0xB0, 0xB1, 0xB2)
)
_PHILIPS_DIRECTIONALITY = VendorElement(
    vendor="philips", creator="Philips Imaging DD 001", group=0x2001, element=0x04
)
_TRACE_TYPES = {"TRACEW", "ISOTROPIC", "DIFFUSION_ISO"}
# Siemens: *ep_b800t is a trace, *ep_b1000#12 direction 12.
_SEQUENCE_NAME = re.compile(r"_b\d+(?:(t)|#(\d+))$")

Vector = tuple[float, ...]
# An image with what its file says of the series (`Series` without frames).
Member = tuple[Series, Frame]


def gradient(elements: Elements, b_value: float | None) -> Gradient | None:
    """The gradient of a classic image; none where the header does not tell.

    Sources: ImageType; DiffusionDirectionality (0018,9075) and
    DiffusionGradientOrientation (0018,9089); Siemens (0019,xx0d) and (0019,xx0e), its
    CSA header and SequenceName; GE (0019,xxbb..bd) and (0043,xx30); Philips (2001,xx04)
    and (2005,xxb0..b2). A direction of no length at a b-value is that of a trace.
    """
    if b_value is None:
        return None
    if b_value < NO_GRADIENT_BELOW:
        return Gradient(kind="none")
    kind = words(elements, "ImageType")
    stated = text(elements, "DiffusionDirectionality")
    vector = numbers(elements, "DiffusionGradientOrientation")
    return _judged(kind, stated, vector, elements)


def gradient_of_groups(
    diffusion: Elements,
    private: Elements,
    b_value: float | None,
    frame_type: tuple[str, ...],
) -> Gradient | None:
    """The same of a frame of an enhanced file.

    Args:
        diffusion: its MRDiffusionSequence.
        private: its private group (2005,xx0f) of Philips.
    """
    stated = text(diffusion, "DiffusionDirectionality")
    if b_value is None:
        return None
    if b_value < NO_GRADIENT_BELOW:
        return Gradient(kind="none")
    direction = item(diffusion, "DiffusionGradientDirectionSequence") or {}
    vector = numbers(direction, "DiffusionGradientOrientation")
    return _judged(frame_type, stated, vector, private)


def _judged(
    image_type: tuple[str, ...], stated: str, vector: Vector, elements: Elements
) -> Gradient | None:
    """What the standard elements say, and then what the vendors' say.

    Args:
        elements: where the vendors' are looked for.
    """
    if not stated and not vector:
        stated, vector = _siemens(elements)
    name = _SEQUENCE_NAME.search(text(elements, "SequenceName"))
    trace_name = name is not None and name.group(1) is not None
    philips = vendor_text(elements, _PHILIPS_DIRECTIONALITY).upper()
    if (
        stated == "ISOTROPIC"
        or _TRACE_TYPES & {word.upper() for word in image_type}
        or trace_name
        or philips in ("I", "ISOTROPIC")
    ):
        return Gradient(kind="isotropic")
    axis = ge_diffusion.axis(elements)
    vector = vector or _of_axes(elements)
    if any(vector) and len(vector) == 3 and all(map(math.isfinite, vector)):
        return Gradient(kind="directional", vector=vector)
    if axis is not None:
        return Gradient(kind="directional", number=axis)
    if name is not None:
        return Gradient(kind="directional", number=int(name.group(2)))
    if len(vector) == 3 and not any(vector):
        return Gradient(kind="isotropic")
    if stated in ("DIRECTIONAL", "BMATRIX"):
        return Gradient(kind="directional")
    return None


def _siemens(elements: Elements) -> tuple[str, Vector]:
    stated = vendor_text(elements, _SIEMENS_DIRECTIONALITY)
    vector = vendor_numbers(elements, _SIEMENS_DIRECTION)
    if stated or vector:
        return stated, vector
    csa = siemens_csa.of_diffusion(elements)
    return ("", ()) if csa is None else (csa.directionality, csa.direction or ())


def _of_axes(elements: Elements) -> Vector:
    """A direction that is written axis by axis, by GE and Philips."""
    for axes in (_PHILIPS_DIRECTION, ge_diffusion.DIRECTION):
        values = [vendor_number(elements, axis) for axis in axes]
        if None not in values:
            return tuple(values)
    return ()


def by_direction(members: list[Member]) -> list[tuple[str, list[Member]]]:
    """Groups by kind and direction of the gradient: `dir=trace`, `dir=1`, `dir=2`.

    Directions within a degree are one. They are numbered in the order of their numbers
    or of their coordinates, so that neither names nor order of files matter.
    """
    groups: list[tuple[Gradient | None, list[Member]]] = []
    for member in members:
        of_member = member[1].gradient
        for known, group in groups:
            if same_gradient(known, of_member):
                group.append(member)
                break
        else:
            groups.append((of_member, [member]))
    groups.sort(key=lambda group: _order(group[0]))
    labels, number = [], 0
    for known, _ in groups:
        number += known is not None and known.kind == "directional"
        labels.append(_label(known, number))
    return [(label, group) for label, (_, group) in zip(labels, groups)]


def _order(of_group: Gradient | None) -> tuple:
    if of_group is None:
        return (0,)
    rounded = tuple(round(x, 2) + 0.0 for x in of_group.vector or ())
    return (1, of_group.kind, of_group.number or 0, rounded, of_group.vector or ())


def _label(of_group: Gradient | None, number: int) -> str:
    if of_group is None:
        return "dir=unknown"
    if of_group.kind == "directional":
        return f"dir={number}"
    return "dir=trace" if of_group.kind == "isotropic" else "dir=none"
