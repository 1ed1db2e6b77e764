"""What GE's private elements say of the diffusion gradient of a classic image.

The codes of (0043,xx30), "Vas Collapse Flag", are in no conformance statement: 3, 4 and
5 for one axis of the scanner and 15 or 43 for the image combined of the axes are those
of clinical diffusion; in a tensor scan 14 is an image without gradient and 16 any image
of the table of gradients, which may hold b = 0, too. So GE's engineers in the issues
574, 690 and 777 of dcm2niix; 3 to 5, 15 and 43 are those that published readers use.
"""

from pipelines.readers.dicom.elements import Elements
from pipelines.readers.dicom.vendor_elements import (
    VendorElement,
    maker_of,
    vendor_number,
)

_ACQUISITION = {"vendor": "ge", "creator": "GEMS_ACQU_01", "group": 0x0019}
DIRECTION = tuple(VendorElement(**_ACQUISITION, element=e) for e in (0xBB, 0xBC, 0xBD))
_FLAG = VendorElement(vendor="ge", creator="GEMS_PARM_01", group=0x0043, element=0x30)
_AXES = (3, 4, 5)  # right-left, anterior-posterior, superior-inferior
_OF_TENSORS = (14, 16)


def axis(elements: Elements) -> int | None:
    """The axis that the gradient lies along, by its number; none = along no axis."""
    flag = vendor_number(elements, _FLAG)
    return int(flag) if flag in _AXES else None


def is_unweighted(elements: Elements) -> bool:
    """Whether an image of a tensor scan has no gradient, whatever b-value it states.

    Before release 29.1 the images at b = 0 of a table of gradients bear the b-value of
    the others (issue 777 of dcm2niix), and no direction.
    """
    if maker_of(elements) != "ge":
        return False
    direction = [vendor_number(elements, one) for one in DIRECTION]
    return vendor_number(elements, _FLAG) in _OF_TENSORS and direction == [0, 0, 0]
