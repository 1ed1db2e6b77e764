"""Series of many studies become kinds, each with a name of its own."""

from pipelines.drafting.kinds import kinds_of
from tests.pipelines.drafting.invented import DWI, T1, VIBE, cohort, replaced


def names(studies):
    return {kind.name: len(kind.studies) for kind in kinds_of(studies)}


def test_one_kind_across_vendors_and_languages():
    studies = cohort({}, T1)
    for study, words in (
        ("study 1", ""),
        ("study 2", "轴位T2"),
        ("study 3", "t1_vibe"),
    ):
        studies = replaced(studies, study, 0, description=words, manufacturer="GE")
    assert names(studies) == {"T2WI": 6, "T1WI": 6}


def test_planes_stand_in_names_that_several_share():
    assert names(cohort({}, {"plane": "sagittal"}, T1)) == {
        "T2WI_axial": 6,
        "T2WI_sagittal": 6,
        "T1WI": 6,
    }


def test_contrast_always_tells():
    assert names(cohort(T1, T1 | {"contrast_agent": "Gd"})) == {"T1WI": 6, "T1WI_CE": 6}


def test_b_values_that_most_studies_share_are_named():
    studies = cohort(*(DWI | {"b_value": b} for b in (50.0, 400.0, 800.0)))
    studies = replaced(studies, "study 1", 2, b_value=805.0)
    assert names(studies) == {"DWI_b50": 6, "DWI_b400": 6, "DWI_b800": 6}


def test_protocols_that_differ_are_named_by_range():
    studies = cohort(DWI | {"b_value": 0.0}, DWI)
    for study in ("study 1", "study 2", "study 3"):
        studies = replaced(studies, study, 0, b_value=50.0)
        studies = replaced(studies, study, 1, b_value=1000.0)
    assert names(studies) == {"DWI_low": 6, "DWI_high": 6}


def test_fat_saturation_tells_where_studies_hold_both():
    both = cohort({}, {"scan_options": ("FS",)})
    assert names(both) == {"T2WI": 6, "T2WI_FS": 6}
    either = replaced(cohort({}), "study 1", 0, scan_options=("FS",))
    assert names(either) == {"T2WI": 6}


def test_phases_of_a_dynamic_series():
    phases = (VIBE | {"part": f"t={n}", "phase": n, "phases": 3} for n in (1, 2, 3))
    assert names(cohort(*phases)) == {f"T1WI_phase{n}": 6 for n in (1, 2, 3)}


def test_in_and_opposed_phase():
    assert names(cohort(VIBE | {"echo_time_ms": 1.2}, VIBE)) == {
        "T1WI_TE1.2": 6,
        "T1WI_TE2.4": 6,
    }


def test_descriptions_tell_what_nothing_else_does_and_stay_out_of_names():
    words = ("动脉期", "门脉期", "延迟期")
    kinds = kinds_of(cohort(*(VIBE | {"description": word} for word in words)))
    assert [kind.name for kind in kinds] == ["T1WI_1", "T1WI_2", "T1WI_3"]


def test_two_of_a_kind_now_and_then_are_no_kinds():
    studies = cohort({}, studies=10)
    (one,) = studies["study 1"]
    studies = replaced(studies, "study 1", 0, description="again")
    studies["study 1"] = (one, *studies["study 1"])
    assert names(studies) == {"T2WI": 10}


def test_localizers_stand_last():
    few = VIBE | {"part": "plane=axial", "slices": 3}
    assert list(names(cohort(few, {}))) == ["T2WI", "localizer"]
