"""What a header says of its series as a whole."""

import re

from pipelines.readers.dicom.elements import (
    Elements,
    item,
    optional_integer,
    optional_number,
    text,
    words,
)
from pipelines.readers.dicom.headers import Series
from pipelines.readers.dicom.modality import modality_of

_AGE = re.compile(r"(\d+)([DWMY])")
_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_LARGEST_FIELD_T = 100.0  # what is above is in gauss, as some old systems wrote it
_ECHOES = {"SPIN": ("SE",), "GRADIENT": ("GR",), "BOTH": ("SE", "GR")}


def series_facts(elements: Elements) -> Series:
    """The series that a file belongs to, without frames.

    Enhanced MR states in other elements, and in functional groups, what classic MR
    states in ScanningSequence, ScanOptions and the times; both end in the same terms.
    """
    kind = sop_class(elements)
    return Series(
        patient_id=text(elements, "PatientID"),
        study_uid=text(elements, "StudyInstanceUID"),
        accession_number=text(elements, "AccessionNumber"),
        series_uid=text(elements, "SeriesInstanceUID"),
        series_number=optional_integer(elements, "SeriesNumber"),
        description=text(elements, "SeriesDescription"),
        protocol=text(elements, "ProtocolName"),
        modality=modality_of(kind, text(elements, "Modality")),
        sop_class=kind,
        sequence_name=text(elements, "SequenceName")
        or text(elements, "PulseSequenceName"),
        scanning_sequence=words(elements, "ScanningSequence")
        or _scanning_sequence(elements),
        sequence_variant=words(elements, "SequenceVariant"),
        scan_options=_scan_options(elements),
        repetition_time_ms=_shared_number(
            elements, "MRTimingAndRelatedParametersSequence", "RepetitionTime"
        ),
        inversion_time_ms=optional_number(elements, "InversionTime")
        or _shared_number(elements, "MRModifierSequence", "InversionTimes"),
        temporal_positions=optional_integer(elements, "NumberOfTemporalPositions"),
        units=text(elements, "RescaleType") or text(elements, "Units"),
        contrast_agent=text(elements, "ContrastBolusAgent"),
        manufacturer=text(elements, "Manufacturer"),
        model=text(elements, "ManufacturerModelName"),
        field_strength_t=_field_strength_t(elements),
        institution=text(elements, "InstitutionName"),
        sex=text(elements, "PatientSex"),
        age_years=_age_years(elements),
    )


def sop_class(elements: Elements) -> str:
    """SOP class UID by the file's own meta information, else by the data set."""
    meta = getattr(elements, "file_meta", {})
    stated = meta.get("MediaStorageSOPClassUID")
    return str(stated) if stated else text(elements, "SOPClassUID")


def _shared_number(elements: Elements, sequence: str, keyword: str) -> float | None:
    """From the header itself or the functional group that all frames share."""
    value = optional_number(elements, keyword)
    shared = item(elements, "SharedFunctionalGroupsSequence")
    if value is not None or shared is None:
        return value
    group = item(shared, sequence)
    return None if group is None else optional_number(group, keyword)


def _scanning_sequence(elements: Elements) -> tuple[str, ...]:
    """ScanningSequence from the elements of enhanced MR (PS3.3, C.8.13.4)."""
    scanning_sequence = _ECHOES.get(text(elements, "EchoPulseSequence"), ())
    if text(elements, "EchoPlanarPulseSequence") == "YES":
        scanning_sequence += ("EP",)
    shared = item(elements, "SharedFunctionalGroupsSequence")
    modifier = None if shared is None else item(shared, "MRModifierSequence")
    if modifier is not None and text(modifier, "InversionRecovery") == "YES":
        scanning_sequence += ("IR",)
    return scanning_sequence


def _scan_options(elements: Elements) -> tuple[str, ...]:
    """ScanOptions, with FS where enhanced MR says that fat is suppressed."""
    options = words(elements, "ScanOptions")
    suppressed = text(elements, "SpectrallySelectedSuppression")
    if suppressed in ("FAT", "FAT_AND_WATER") and "FS" not in options:
        options += ("FS",)
    return options


def _field_strength_t(elements: Elements) -> float | None:
    value = optional_number(elements, "MagneticFieldStrength")
    if value is not None and value > _LARGEST_FIELD_T:
        return value / 10_000
    return value


def _age_years(elements: Elements) -> float | None:
    """PatientAge, else from the dates of birth and study."""
    stated = _AGE.fullmatch(text(elements, "PatientAge"))
    if stated:
        return int(stated.group(1)) * _YEARS[stated.group(2)]
    born, seen = text(elements, "PatientBirthDate"), text(elements, "StudyDate")
    if not (re.fullmatch(r"\d{8}", born) and re.fullmatch(r"\d{8}", seen)):
        return None
    return float((int(seen) - int(born)) // 10_000)
