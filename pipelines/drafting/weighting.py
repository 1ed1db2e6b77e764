"""What a radiologist would call a series, by the physics of its acquisition.

Descriptions differ between hospitals, are empty, wrong, or in any language: they are
asked only where echo time, repetition time and sequence leave several names.
"""

import re

from pipelines.cohort.maps import acquired_b_value, is_map
from pipelines.readers.dicom.headers import Series

# Descriptions of what no physics tells; rules may search the same patterns.
LOCALIZER_WORDS = (
    r"(^|[^a-z])(loc|locali[sz]ers?|scouts?|survey|3.?pl(ane)?s?)([^a-z]|$)|定位"
)
CALCULATED_WORDS = r"calc|synth|computed|cdwi|计算"
ADC_WORDS = r"(^|[^a-z])d?adc([^a-z]|$)|apparent.?diff|表观"
FAT_WORDS = r"(^|[^a-z])(fs|fat.?sat|spair|spir|stir)([^a-z]|$)|压脂|抑脂|脂肪抑制"
# A gradient echo of a short echo time is T1-weighted, unless it is called one of these.
GRADIENT_ECHO_WORDS = {
    "PD": r"(^|[^a-z])pdw?([^a-z]|$)|proton.?dens|质子",
    "MRA": r"(^|[^a-z])(tof|mra)([^a-z]|$)|angio|血管",
    "bSSFP": r"tru?e?.?fi(sp)?([^a-z]|$)|fiesta|b-?(t?ffe|ssfp)|cine|电影",
}
LOCALIZER = "localizer"
OTHER = "other"
DIFFUSION = ("DWI", "DTI")
# Echo time and repetition time in ms: what is commonly called so, in spin echo.
LONG_ECHO_MS = (60.0, 400.0)
SHORT_ECHO_MS = (0.0, 40.0)
LONG_REPETITION_MS = (1500.0, 30000.0)
SHORT_REPETITION_MS = (0.0, 1500.0)
FLUID_INVERSION_MS = (1500.0, 3500.0)

_FEW_SLICES = 10  # a localizer has no more in a plane
_T2_ECHO_MS = 45.0
_STAR_ECHO_MS = 12.0
_VERY_LONG_ECHO_MS = 400.0
_SLOW_MS = 2000.0


def weighting(series: Series) -> str:
    """E.g. `"T2WI"`, `"FLAIR"`, `"DWI"`, `"ADC"`, `"localizer"`, or `"other"`."""
    if series.modality not in ("", "MR"):
        return series.modality
    if is_map(series):
        return _map_name(series)
    if _is_localizer(series):
        return LOCALIZER
    if acquired_b_value(series) is not None:
        return _diffusion(series)
    codes = {code.upper() for code in series.scanning_sequence}
    if "EP" in codes:
        derived = "DERIVED" in series.image_type
        if derived and _has(ADC_WORDS, series):
            return "ADC"
        return "PWI" if with_contrast(series) and series.phases > 1 else "EPI"
    if series.echo_time_ms is None:
        return OTHER
    if "GR" in codes and "SE" not in codes:
        return _gradient_echo(series)
    return _spin_echo(series, inverted="IR" in codes)


def with_contrast(series: Series) -> bool:
    """Whether the header states a contrast agent."""
    return bool(series.contrast_agent.strip())


def fat_suppressed(series: Series) -> bool:
    """By ScanOptions, a short inversion time, or the description."""
    options = {option.upper() for option in series.scan_options}
    inversion = series.inversion_time_ms
    short = inversion is not None and 80 <= inversion <= 300
    return "FS" in options or short or _has(FAT_WORDS, series)


def _has(pattern: str, series: Series) -> bool:
    return re.search(pattern, series.description, re.IGNORECASE) is not None


def _map_name(series: Series) -> str:
    words = {word.strip().upper() for word in series.image_type}
    if "ADC" in words or not words & {"EADC", "FA", "COLFA", "FIELD_MAP"}:
        diffusion = words & {"ADC", "ADC_UNSPECIFIED", "DIFFUSION"}
        if diffusion or "mm" in series.description or "mm" in series.units:
            return "ADC"
    for name in ("EADC", "FA", "COLFA", "FIELD_MAP"):
        if name in words:
            return name
    return "map"


def _is_localizer(series: Series) -> bool:
    if "LOCALIZER" in series.image_type:
        return True
    if len(series.frames) > _FEW_SLICES:
        return False
    several_planes = "plane=" in series.part
    return several_planes or (_has(LOCALIZER_WORDS, series) and not _is_slow(series))


def _is_slow(series: Series) -> bool:
    """A spin echo that nobody takes to look where the patient lies."""
    repetition = series.repetition_time_ms or 0.0
    return "SE" in series.scanning_sequence and repetition >= _SLOW_MS


def _diffusion(series: Series) -> str:
    if "CALC_BVALUE" in series.image_type or _has(CALCULATED_WORDS, series):
        return "DWI_calculated"
    return "DTI" if series.directions or "dir=" in series.part else "DWI"


def _gradient_echo(series: Series) -> str:
    for name, words in GRADIENT_ECHO_WORDS.items():
        if _has(words, series):
            return name
    return "T2star" if series.echo_time_ms >= _STAR_ECHO_MS else "T1WI"


def _spin_echo(series: Series, *, inverted: bool) -> str:
    echo, repetition = series.echo_time_ms, series.repetition_time_ms or 0.0
    inversion = series.inversion_time_ms
    if echo < _T2_ECHO_MS:
        short = repetition < SHORT_REPETITION_MS[1]
        return "T1WI" if short or inverted else "PD"
    if repetition and repetition < SHORT_REPETITION_MS[1]:
        return OTHER if not inverted else "T1WI"
    if inversion is not None and inversion >= FLUID_INVERSION_MS[0]:
        return "FLAIR"
    if inverted and inversion is None and repetition >= 5000:
        return "FLAIR"
    return "MRCP" if echo > _VERY_LONG_ECHO_MS and not inverted else "T2WI"
