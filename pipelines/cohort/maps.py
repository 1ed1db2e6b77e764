"""Which series are maps that a scanner computed, not images that it acquired."""

import re

from pipelines.readers.dicom.headers import Series

# ImageType, values 3 and 4 (PS3.3, C.8.13.3.1), and what vendors write there.
_LISTED = """
ADC, ADC_UNSPECIFIED, EADC, DADC, FA, COLFA, FRACTIONAL_ANISO, RELATIVE_ANISO,
VOLUME_RATIO, MD, AD, RD, TENSOR, T1_MAP, T1 MAP, T2_MAP, T2 MAP, T2_STAR_MAP,
T2_STAR MAP, R2_MAP, R2 MAP, R2_STAR_MAP, R2_STAR MAP, FIELD_MAP, FIELD_MAP_HZ, TTP,
MTT, CBF, CBV, RELCBF, RELCBV, RELMTT, PBP, KTRANS, KEP, VE, IAUC
"""
MAP_WORDS = frozenset(word.strip() for word in _LISTED.split(","))
# Of a diffusion coefficient: mm2/s, 10-6 mm^2/s, um²/ms.
_UNITS = re.compile(r"[mµu]m\s*\^?[2²]\s*/\s*m?s", re.IGNORECASE)


def is_map(series: Series) -> bool:
    """Whether ImageType or the units of the values say so.

    GE writes the units into the description of a map and nowhere else.
    """
    if MAP_WORDS & {word.strip().upper() for word in series.image_type}:
        return True
    derived = "DERIVED" in series.image_type
    units = (series.units, series.description if derived else "")
    return any(map(_UNITS.search, units))


def acquired_b_value(series: Series) -> float | None:
    """The b-value that an image was acquired with, in s/mm2; none for maps.

    Siemens gives an ADC map the b-value of the last image that it was made of.
    """
    return None if is_map(series) else series.b_value
