"""Series of invented studies: headers alone, as the drafting room sees them."""

import dataclasses

from pipelines.readers.dicom.headers import Frame, Pixels, Series

_AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
_PIXELS = Pixels(
    syntax="1.2.840.10008.1.2.1",
    offset=0,
    length_bytes=2 * 64 * 64,
    bits_allocated=16,
    bits_stored=12,
    high_bit=11,
    signed=False,
)


def series(study, name, **changes):
    """A series of a study: a T2-weighted axial spin echo of 20 slices, 4 mm apart.

    Args:
        name: what makes it another one of the study than others.
        changes: fields of `Series`; also `slices`, `spacing_mm` and `centre_mm`.
    """
    slices = changes.pop("slices", 20)
    between = changes.pop("spacing_mm", (4.0, 1.0, 1.0))
    centre = changes.pop("centre_mm", (0.0, 0.0, 0.0))
    fields = {
        "patient_id": f"patient of {study}",
        "study_uid": study,
        "series_uid": f"{study}.{name}",
        "series_number": 1,
        "modality": "MR",
        "image_type": ("ORIGINAL", "PRIMARY"),
        "scanning_sequence": ("SE",),
        "echo_time_ms": 90.0,
        "repetition_time_ms": 4000.0,
        "plane": "axial",
        "manufacturer": "SIEMENS",
    } | changes
    turn = _SAGITTAL if fields["plane"] == "sagittal" else _AXIAL
    frames = tuple(
        _frame(index, slices, between, centre, turn) for index in range(slices)
    )
    return Series(**fields, frames=frames)


def _frame(index, slices, between, centre, turn):
    along = (index - (slices - 1) / 2) * between[0]
    half = 31.5 * between[1]
    axial = (centre[0] - half, centre[1] - half, centre[2] + along)
    sagittal = (centre[0] - along, centre[1] - half, centre[2] + half)
    return Frame(
        path=f"{index}.dcm",
        rows=64,
        columns=64,
        orientation=turn,
        position_mm=axial if turn is _AXIAL else sagittal,
        spacing_mm=between[1:],
        slice_thickness_mm=between[0],
        pixels=_PIXELS,
    )


T1 = {"echo_time_ms": 9.0, "repetition_time_ms": 500.0}
VIBE = {
    "scanning_sequence": ("GR",),
    "echo_time_ms": 2.4,
    "repetition_time_ms": 5.0,
}
FLAIR = {
    "scanning_sequence": ("SE", "IR"),
    "repetition_time_ms": 9000.0,
    "inversion_time_ms": 2500.0,
}
DWI = {"scanning_sequence": ("EP",), "b_value": 800.0, "echo_time_ms": 70.0}
ADC = {
    "scanning_sequence": ("EP",),
    "echo_time_ms": 70.0,
    "image_type": ("DERIVED", "PRIMARY", "DIFFUSION", "ADC"),
}


def cohort(*of_study, studies=6):
    """Studies of which each holds the same; `of_study` are keyword arguments.

    Returns:
        Series of each study, by its id.
    """
    return {
        f"study {number}": tuple(
            series(f"study {number}", str(place), **{"series_number": place} | changes)
            for place, changes in enumerate(of_study, 1)
        )
        for number in range(studies)
    }


def replaced(studies, study, place, **changes):
    """The cohort with one series of one study changed."""
    group = list(studies[study])
    group[place] = dataclasses.replace(group[place], **changes)
    return studies | {study: tuple(group)}
