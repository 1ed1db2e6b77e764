"""Rules tell the kinds of a cohort apart, by the matcher that ingest uses."""

import pytest

from pipelines.cohort import sequence_matching
from pipelines.drafting import drafted_sequences
from pipelines.drafting.kinds import kinds_of
from pipelines.tasks.sequence import Match
from tests.pipelines.drafting.invented import (
    ADC,
    DWI,
    FLAIR,
    T1,
    VIBE,
    cohort,
    replaced,
    series,
)

LOCALIZER = VIBE | {"part": "plane=axial", "slices": 3, "repetition_time_ms": 8.0}


def drafted(studies):
    return {
        one.name: one for one in drafted_sequences.of_kinds(kinds_of(studies), studies)
    }


def takes(one, studies):
    """Numbers of the series of each study that the rules match."""
    return {
        tuple(
            each.series_number
            for each in series
            if sequence_matching.matches(each, one.sequence)
        )
        for series in studies.values()
    }


@pytest.mark.parametrize("words", ["", "t2_tse", "轴位"], ids=["empty", "wrong", "zh"])
def test_every_rule_takes_its_own_series_and_no_other(words):
    protocol = ({}, T1, FLAIR, DWI | {"b_value": 0.0}, DWI, ADC, LOCALIZER)
    protocol += ({"plane": "sagittal"}, T1 | {"contrast_agent": "Gd"})
    studies = cohort(*(facts | {"description": words} for facts in protocol))
    sequences = drafted(studies)
    assert {name: takes(one, studies) for name, one in sequences.items()} == {
        "T2WI_axial": {(1,)},
        "T1WI": {(2,)},
        "FLAIR": {(3,)},
        "DWI_b0": {(4,)},
        "DWI_b800": {(5,)},
        "ADC": {(6,)},
        "T2WI_sagittal": {(8,)},
        "T1WI_CE": {(9,)},
    }
    assert all(len(one.studies) == 6 for one in sequences.values())


def test_rules_ask_no_more_than_tells_the_kinds_apart():
    alone = drafted(cohort({}))["T2WI"].sequence.match
    assert alone == Match(echo_time_ms=(60.0, 400.0), plane="axial")
    beside = drafted(cohort({}, DWI))["T2WI"].sequence.match
    assert beside == Match(
        echo_time_ms=(60.0, 400.0), plane="axial", not_scanning_sequence=("EP",)
    )


def test_another_way_to_say_it_where_one_rule_can_not():
    fast = VIBE | {"repetition_time_ms": 160.0}
    studies = cohort(T1, LOCALIZER | {"repetition_time_ms": 300.0})
    for study in ("study 1", "study 2"):
        studies = replaced(studies, study, 0, manufacturer="GE", **fast)
    (one,) = drafted(studies).values()
    assert len(one.sequence.rules) == 2
    assert takes(one, studies) == {(1,)} and len(one.studies) == 6


def test_phases_by_their_place():
    phases = [VIBE | {"part": f"t={n}", "phase": n, "phases": 3} for n in (1, 2, 3)]
    studies = cohort(*phases)
    assert [takes(one, studies) for one in drafted(studies).values()] == [
        {(1,)},
        {(2,)},
        {(3,)},
    ]


def test_descriptions_where_nothing_else_tells():
    studies = cohort(*(VIBE | {"description": d} for d in ("动脉期 (1)", "门脉期")))
    one = drafted(studies)["T1WI_1"]
    assert takes(one, studies) == {(1,)}
    assert one.sequence.match.description == r"^ *(动脉期\ \(1\)) *$"


def with_repeat(studies, study, **changes):
    group = studies[study]
    again = {"series_number": 9, "slices": 20} | changes
    return studies | {study: (*group, series(study, "again", **again))}


def test_a_repeat_is_taken_by_its_number_and_is_told():
    studies = with_repeat(cohort({}, studies=10), "study 3")
    (one,) = drafted(studies).values()
    assert one.sequence.match.prefer == "last" and one.doubles == 1
    assert one.chosen["study 3"].series_number == 9
    assert len(one.studies) == 10


def test_the_fuller_of_two_is_taken():
    studies = with_repeat(cohort({}, studies=10), "study 3", slices=12)
    (one,) = drafted(studies).values()
    assert one.sequence.match.prefer == "most_slices"
    assert one.chosen["study 3"].series_number == 1


def test_nothing_is_preferred_where_nothing_is_doubled():
    (one,) = drafted(cohort({})).values()
    assert one.sequence.match.prefer is None and one.doubles == 0


def test_a_range_of_b_values_takes_the_highest():
    studies = cohort(DWI | {"b_value": 0.0}, DWI, studies=10)
    for number in range(5):
        studies = replaced(studies, f"study {number}", 1, b_value=1000.0)
    studies = with_repeat(studies, "study 9", **DWI | {"b_value": 1200.0})
    one = drafted(studies)["DWI_high"]
    assert one.sequence.match.prefer == "highest_b"
    assert one.sequence.match.b_value == (500.0, 20000.0)
    assert one.chosen["study 9"].b_value == 1200.0
