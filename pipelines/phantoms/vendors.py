"""Header habits of three vendors, as plain values; nothing here is a real hospital."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Element:
    """One DICOM data element of a private group, or one set by number."""

    tag: tuple[int, int]
    representation: str  # value representation, e.g. "LO"
    value: Any


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """What the same examination looks like from one manufacturer.

    Args:
        descriptions: SeriesDescription by protocol.
        sequence_names: SequenceName by protocol; "{b}" stands for the b-value.
        scan_options: ScanOptions by protocol, missing = empty.
        liver: lowest and highest stored value of liver in a magnitude picture.
        signed: PixelRepresentation 1.
        bits_stored: of 16.
        slopes: lowest and highest RescaleSlope; none = no rescale elements.
        file_name: pattern with the instance number as `{number}`.
    """

    name: str
    manufacturer: str
    model: str
    descriptions: dict[str, str]
    sequence_names: dict[str, str]
    scan_options: dict[str, tuple[str, ...]]
    liver: tuple[float, float]
    signed: bool
    bits_stored: int
    slopes: tuple[float, float] | None
    file_name: str


SIEMENS = Vendor(
    name="siemens",
    manufacturer="SIEMENS",
    model="Phantom Fit",
    descriptions={
        "T2WI": "t2_tse_tra",
        "T1WI": "t1_se_tra",
        "DWI": "ep2d_diff_tra",
        "ADC": "ep2d_diff_tra_ADC",
        "DTI": "ep2d_DTI_tra",
        "LOCALIZER": "localizer",
        "T2_SAGITTAL": "t2_tse_sag",
    },
    sequence_names={
        "T2WI": "*tse2d1_15",
        "T1WI": "*se2d1",
        "DWI": "*ep_b{b}t",
        "ADC": "*ep_b50_800",
        "LOCALIZER": "*fl2d1",
        "T2_SAGITTAL": "*tse2d1_15",
    },
    scan_options={name: ("PFP", "FS") for name in ("DWI", "ADC", "DTI")},
    liver=(160, 260),
    signed=False,
    bits_stored=12,
    slopes=None,
    file_name="{number:04d}.IMA",
)
GE = Vendor(
    name="ge",
    manufacturer="GE MEDICAL SYSTEMS",
    model="PHANTOM Artist",
    descriptions={
        "T2WI": "Ax T2 FRFSE",
        "T1WI": "Ax T1 SE",
        "DWI": "Ax DWI",
        "ADC": "ADC (10^-6 mm2/s)",
        "DTI": "Ax DTI",
        "LOCALIZER": "3-Plane Loc",
        "T2_SAGITTAL": "Sag T2 FRFSE",
    },
    sequence_names={},
    scan_options={
        "T2WI": ("FAST_GEMS", "TRF_GEMS"),
        "T2_SAGITTAL": ("FAST_GEMS", "TRF_GEMS"),
        "DWI": ("EPI_GEMS", "FS"),
        "DTI": ("EPI_GEMS", "FS"),
    },
    liver=(1100, 2100),
    signed=True,
    bits_stored=16,
    slopes=None,
    file_name="i{number}.MRDCM",
)
PHILIPS = Vendor(
    name="philips",
    manufacturer="Philips Medical Systems",
    model="Phantom Ingenia",
    descriptions={
        "T2WI": "T2W_TSE_ax",
        "T1WI": "T1W_SE_ax",
        "DWI": "DWI_3b_ax",
        "ADC": "dADC_ax",
        "DTI": "DTI_6_ax",
        "LOCALIZER": "Survey",
        "T2_SAGITTAL": "T2W_TSE_sag",
    },
    sequence_names={},
    scan_options={
        "DWI": ("FS",),
        "DTI": ("FS",),
        "T2WI": ("FC",),
        "T2_SAGITTAL": ("FC",),
    },
    liver=(350, 600),
    signed=False,
    bits_stored=12,
    slopes=(0.8, 2.6),
    file_name="IM_{number:04d}",
)
VENDORS = (SIEMENS, GE, PHILIPS)


def diffusion(vendor: Vendor, b_value: int | None, derived: bool) -> list[Element]:
    """The elements in which a vendor states the b-value (none for no diffusion).

    Siemens states it on a diffusion map too (the highest one), so a reader must not
    take a b-value for the proof of a diffusion-weighted picture.

    Args:
        derived: the picture is a diffusion map.
    """
    if b_value is None:
        return []
    if vendor.name == SIEMENS.name:
        return [
            Element(
                tag=(0x0019, 0x0010), representation="LO", value="SIEMENS MR HEADER"
            ),
            Element(tag=(0x0019, 0x100C), representation="IS", value=b_value),
        ]
    if derived:
        return []
    if vendor.name == GE.name:
        return [
            Element(tag=(0x0043, 0x0010), representation="LO", value="GEMS_PARM_01"),
            Element(
                tag=(0x0043, 0x1039),
                representation="IS",
                value=[1_000_000_000 + b_value, 8, 0, 0],
            ),
        ]
    return [Element(tag=(0x0018, 0x9087), representation="FD", value=float(b_value))]


@dataclass(frozen=True, kw_only=True, eq=False)
class Stored:
    """Pixels as they stand in the files.

    Args:
        pixels: `[D, H, W]`, int16 or uint16.
        slope: RescaleSlope; none = the elements are absent.
    """

    pixels: np.ndarray
    slope: float | None

    @property
    def values(self) -> np.ndarray:
        """`[D, H, W]` as a right reader returns them, float32."""
        return self.pixels.astype(np.float32) * np.float32(self.slope or 1.0)


def stored(
    picture: np.ndarray, vendor: Vendor, *, liver: float, slope: float | None
) -> Stored:
    """Rounds a picture to the stored integers of a vendor.

    Args:
        picture: `[D, H, W]`, liver about 1.
        liver: stored value that 1 becomes, before clipping to the stored bits.
    """
    highest = 2 ** (vendor.bits_stored - vendor.signed) - 1
    kind = np.int16 if vendor.signed else np.uint16
    pixels = np.clip(np.rint(picture * np.float32(liver)), 0, highest).astype(kind)
    return Stored(pixels=pixels, slope=slope)


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """One machine of one invented site."""

    vendor: Vendor
    institution: str
    field_strength_t: float
    serial_number: str


SCANNERS = (
    Scanner(
        vendor=SIEMENS,
        institution="Synthetic Hospital North",
        field_strength_t=3.0,
        serial_number="90001",
    ),
    Scanner(
        vendor=SIEMENS,
        institution="Synthetic Hospital South",
        field_strength_t=1.5,
        serial_number="90002",
    ),
    Scanner(
        vendor=GE,
        institution="Synthetic Hospital South",
        field_strength_t=3.0,
        serial_number="90003",
    ),
    Scanner(
        vendor=PHILIPS,
        institution="Synthetic Clinic West",
        field_strength_t=1.5,
        serial_number="90004",
    ),
)
