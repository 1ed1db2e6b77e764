"""The rules of the shipped tasks, on headers as each vendor's scanners write them."""

import pytest

from pipelines.cohort import sequence_matching
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.headers import Series
from pipelines.tasks.task import load


def series(number=1, **header) -> Series:
    return Series(
        patient_id="P1",
        study_uid="1.2",
        series_uid=f"1.2.{number}",
        series_number=number,
        **header,
    )


PROSTATE = {
    (3, ""): ("T2WI_sagittal", "T2WI_nan"),
    (4, ""): ("T2WI_axial", "T2WI_nan"),
    (5, ""): ("T2WI_coronal", "T2WI_nan"),
    (6, "b=50"): ("DWI_low", "DWI_Low"),
    (6, "b=400"): ("DWI_low", "DWI_Low"),
    (6, "b=800"): ("DWI_high", "DWI_High"),
    (7, ""): ("ADC", "ADC_map"),
    (8, ""): ("DWI_calculated", None),
    (9, ""): ("PD", None),
}


def test_a_real_prostate_study_is_named_rightly(shared_data):
    tasks = load("prostate_series"), load("prostate_sequences")
    scan = scan_dicom.scan(shared_data / "prostatex" / "ProstateX-0000")
    names = {
        (one.series_number, one.part): tuple(
            sequence_matching.name(one, t) for t in tasks
        )
        for one in scan.series
    }
    assert names == PROSTATE


DIFFUSION = ("DERIVED", "PRIMARY", "DIFFUSION")


@pytest.mark.parametrize(
    ("header", "names"),
    [
        # Siemens, syngo MR E11 and XA: calculated images are told by ImageType.
        (
            {
                "description": "ep2d_diff_b50_400_800",
                "image_type": (*DIFFUSION, "CALC_BVALUE", "TRACEW"),
                "scanning_sequence": ("EP",),
                "b_value": 1400.0,
            },
            ("DWI_calculated", None),
        ),
        (
            {
                "description": "t2_tse_fs_tra",
                "scanning_sequence": ("SE",),
                "scan_options": ("FS",),
                "echo_time_ms": 87.0,
                "repetition_time_ms": 4000.0,
            },
            ("T2WI_axial", "T2WI_fs"),
        ),
        (
            {
                "description": "t2_tirm_tra",
                "scanning_sequence": ("SE", "IR"),
                "echo_time_ms": 61.0,
                "repetition_time_ms": 4000.0,
            },
            ("T2WI_axial", "T2WI_fs"),
        ),
        # GE: maps are secondary images with words in the description alone.
        (
            {
                "description": "Ax T2 FRFSE FatSat",
                "scanning_sequence": ("SE",),
                "scan_options": ("FAST_GEMS", "SEQ_GEMS"),
                "echo_time_ms": 102.0,
                "repetition_time_ms": 4200.0,
            },
            ("T2WI_axial", "T2WI_fs"),
        ),
        (
            {
                "description": "Apparent Diffusion Coefficient (mm2/s)",
                "image_type": ("DERIVED", "SECONDARY"),
                "scanning_sequence": ("EP", "RM"),
                "b_value": 1000.0,
            },
            ("ADC", "ADC_map"),
        ),
        (
            {
                "description": "Ax DWI b1000",
                "image_type": ("ORIGINAL", "PRIMARY"),
                "scanning_sequence": ("EP", "RM"),
                "b_value": 1000.0,
            },
            ("DWI_high", "DWI_High"),
        ),
        (
            {
                "description": "SYNTHETIC DWI b1500",
                "image_type": ("DERIVED", "SECONDARY"),
                "scanning_sequence": ("EP",),
                "b_value": 1500.0,
            },
            ("DWI_calculated", None),
        ),
        # Philips: maps by ImageType, b = 0 in headers that are not diffusion.
        (
            {
                "description": "dADC",
                "image_type": ("DERIVED", "PRIMARY", "ADC", "ADC"),
                "b_value": 0.0,
                "scanning_sequence": ("SE",),
            },
            ("ADC", "ADC_map"),
        ),
        (
            {
                "description": "T2W_TSE_SPAIR",
                "b_value": 0.0,
                "scanning_sequence": ("SE",),
                "echo_time_ms": 100.0,
                "repetition_time_ms": 3500.0,
            },
            ("T2WI_axial", "T2WI_fs"),
        ),
        (
            {
                "description": "eADC",
                "image_type": ("DERIVED", "PRIMARY", "EADC"),
                "scanning_sequence": ("EP",),
                "b_value": 1000.0,
            },
            (None, None),
        ),
        # Neither T1-weighted nor dynamic series have a rule.
        (
            {
                "description": "t1_vibe_dyn",
                "scanning_sequence": ("GR",),
                "echo_time_ms": 1.6,
                "repetition_time_ms": 4.5,
                "contrast_agent": "Gadovist",
            },
            (None, None),
        ),
    ],
)
def test_habits_of_vendors(header, names):
    one = series(plane="axial", **header)
    tasks = load("prostate_series"), load("prostate_sequences")
    assert tuple(sequence_matching.name(one, t) for t in tasks) == names


@pytest.mark.parametrize(
    "description",
    ["localizer", "3-plane loc", "HASTE_LOC", "SSFSE 3 PL", "SURVEY", "t2 scout"],
)
@pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
@pytest.mark.parametrize("options", [(), ("FS",)])
def test_localizers_are_not_t2(description, plane, options):
    one = series(
        description=description,
        image_type=("ORIGINAL", "PRIMARY", "M"),
        scanning_sequence=("SE",),
        scan_options=options,
        echo_time_ms=90.0,
        repetition_time_ms=2000.0,
        plane=plane,
    )
    for name in ("prostate_series", "prostate_sequences"):
        assert sequence_matching.name(one, load(name)) is None


def test_localizers_without_a_word_have_too_few_slices():
    for name in ("prostate_series", "prostate_sequences"):
        assert load(name).inclusion.minimum_slices == 8


def test_a_liver_study_finds_its_three_channels():
    study = (
        series(1, description="localizer", scanning_sequence=("GR",), plane="axial"),
        series(
            2,
            description="t2_tse_fs_tra_resp",
            scanning_sequence=("SE",),
            echo_time_ms=80.0,
            plane="axial",
        ),
        series(
            3,
            description="t1_vibe_dixon_opp",
            scanning_sequence=("GR",),
            echo_time_ms=1.2,
            plane="axial",
        ),
        series(
            4,
            description="t1_vibe_dixon_in",
            scanning_sequence=("GR",),
            echo_time_ms=2.5,
            plane="axial",
        ),
        series(
            5,
            description="t1_vibe_portal",
            scanning_sequence=("GR",),
            echo_time_ms=1.8,
            contrast_agent="Primovist",
            plane="axial",
        ),
        series(
            6,
            description="ep2d_diff_ADC",
            image_type=("DERIVED", "PRIMARY", "DIFFUSION", "ADC"),
            scanning_sequence=("EP",),
            echo_time_ms=60.0,
            b_value=800.0,
            plane="axial",
        ),
    )
    assigned = sequence_matching.assign(study, load("liver_fibrosis"))
    assert {name: one.series_number for name, one in assigned.items()} == {
        "T1WI": 4,
        "T2WI": 2,
        "ADC": 6,
    }
