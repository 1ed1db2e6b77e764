"""The CSA header of a Siemens image, private element (0029,xx10), read by nibabel."""

import functools
import warnings
from dataclasses import dataclass
from typing import Any

from pipelines.readers.dicom.elements import Elements, words
from pipelines.readers.dicom.vendor_elements import VendorElement, vendor_value

_IMAGE_HEADER = VendorElement(
    vendor="siemens", creator="SIEMENS CSA HEADER", group=0x0029, element=0x10
)
Vector = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Csa:
    """What a scan takes from the CSA header.

    Args:
        b_value: in s/mm2.
        directionality: NONE, DIRECTIONAL, ISOTROPIC; "" = not stated.
        direction: of the diffusion gradient (LPS).
        slices: in the mosaic; 0 = the image is none.
        slice_normal: from one slice of the mosaic to the next (LPS).
    """

    b_value: float | None = None
    directionality: str = ""
    direction: Vector | None = None
    slices: int = 0
    slice_normal: Vector | None = None


def of_diffusion(elements: Elements) -> Csa | None:
    """The CSA header of a diffusion image; none of others, which are not asked.

    It takes as long to read as all the rest of a header.
    """
    kind = words(elements, "ImageType")
    return csa(elements) if "DIFFUSION" in kind else None


def csa(elements: Elements) -> Csa | None:
    """The CSA header; none where there is none or it can't be read."""
    content = vendor_value(elements, _IMAGE_HEADER)
    return _read(content) if isinstance(content, bytes) and content else None


@functools.lru_cache(maxsize=4)  # b-value, direction and mosaic each ask for it
def _read(content: bytes) -> Csa | None:
    with warnings.catch_warnings():  # nibabel calls all of its DICOM experimental
        warnings.simplefilter("ignore", UserWarning)
        from nibabel.nicom import csareader
    try:
        header = csareader.read(content)
        b_value = csareader.get_b_value(header)
        return Csa(
            b_value=None if b_value is None else float(b_value),
            directionality=_text(
                csareader.get_scalar(header, "DiffusionDirectionality")
            ),
            direction=_vector(csareader.get_g_vector(header)),
            slices=int(csareader.get_n_mosaic(header) or 0),
            slice_normal=_vector(csareader.get_slice_normal(header)),
        )
    except Exception:  # a damaged header raises what it likes
        return None


def _text(value: str | bytes | None) -> str:
    """nibabel leaves text without a closing zero as bytes."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value or ""
    return text.strip()


def _vector(values: Any) -> Vector | None:
    return None if values is None else tuple(float(value) for value in values)
