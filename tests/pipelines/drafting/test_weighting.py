"""Series are named by their physics, whatever they are called."""

import pytest

from pipelines.drafting.weighting import fat_suppressed, weighting
from tests.pipelines.drafting.invented import ADC, DWI, FLAIR, T1, VIBE, series

CASES = {
    "spin echo of a long echo time": ({}, "T2WI"),
    "of a short one": (T1, "T1WI"),
    "of a short one and a long repetition time": (
        T1 | {"repetition_time_ms": 3e3},
        "PD",
    ),
    "gradient echo": (VIBE, "T1WI"),
    "gradient echo of a long echo time": (VIBE | {"echo_time_ms": 20.0}, "T2star"),
    "long inversion": (FLAIR, "FLAIR"),
    "inversion that is not told": (FLAIR | {"inversion_time_ms": None}, "FLAIR"),
    "T1 inversion": (
        T1 | {"scanning_sequence": ("IR",), "repetition_time_ms": 2e3},
        "T1WI",
    ),
    "very long echo": ({"echo_time_ms": 700.0}, "MRCP"),
    "b-value": (DWI, "DWI"),
    "one direction": (DWI | {"part": "b=800,dir=1"}, "DTI"),
    "map": (ADC, "ADC"),
    "map that Siemens gives a b-value": (ADC | {"b_value": 800.0}, "ADC"),
    "map by its units": (
        {"image_type": ("DERIVED",), "description": "x (10^-6 mm2/s)"},
        "ADC",
    ),
    "fractional anisotropy": (ADC | {"image_type": ("DERIVED", "FA")}, "FA"),
    "calculated": (DWI | {"image_type": ("DERIVED", "CALC_BVALUE")}, "DWI_calculated"),
    "echo planar without b": ({"scanning_sequence": ("EP",)}, "EPI"),
    "three planes": ({"part": "plane=axial", "slices": 5}, "localizer"),
    "no echo time": ({"echo_time_ms": None}, "other"),
    "another modality": ({"modality": "CT"}, "CT"),
}


@pytest.mark.parametrize("facts, name", CASES.values(), ids=CASES)
@pytest.mark.parametrize(
    "description", ["", "t2_tse_tra", "轴位"], ids=["", "t2", "zh"]
)
def test_name(facts, name, description):
    assert weighting(series("s", "1", **{"description": description} | facts)) == name


def test_words_say_what_no_physics_tells():
    assert weighting(series("s", "1", **VIBE, description="tfl_3d PD ref")) == "PD"
    assert weighting(series("s", "1", **VIBE, description="TOF_3D")) == "MRA"
    assert (
        weighting(series("s", "1", **DWI, description="calc b1400")) == "DWI_calculated"
    )
    few = VIBE | {"slices": 5}
    assert weighting(series("s", "1", **few, description="定位像")) == "localizer"


def test_wrong_words_against_physics_count_nothing():
    assert weighting(series("s", "1", description="localizer")) == "T2WI"
    assert weighting(series("s", "1", description="Survey", slices=7)) == "T2WI"
    assert weighting(series("s", "1", description="ep2d_diff ADC")) == "T2WI"
    assert weighting(series("s", "1", **T1, description="PD")) == "T1WI"


def test_fat_is_suppressed_by_options_inversion_or_words():
    assert fat_suppressed(series("s", "1", scan_options=("FS",)))
    assert fat_suppressed(series("s", "1", inversion_time_ms=160.0))
    assert fat_suppressed(series("s", "1", description="T2 抑脂"))
    assert not fat_suppressed(series("s", "1", description="T2 tse"))
