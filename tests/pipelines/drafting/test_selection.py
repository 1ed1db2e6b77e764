"""The channels: what most studies hold together, in one plane."""

import pytest

from pipelines.drafting import drafted_sequences
from pipelines.drafting.kinds import kinds_of
from pipelines.drafting.questions import Asker
from pipelines.drafting.selection import taken
from pipelines.errors import UsageError
from tests.pipelines.drafting.invented import ADC, DWI, T1, VIBE, cohort


def chosen(studies, answers=None, **options):
    offered = drafted_sequences.of_kinds(kinds_of(studies), studies)
    asker = Asker(answers or {}, terminal=False)
    return [one.name for one in taken(offered, asker, **options)]


def test_one_plane_and_the_highest_b_value():
    studies = cohort({}, {"plane": "sagittal"}, T1, DWI | {"b_value": 50.0}, DWI, ADC)
    assert chosen(studies) == ["T1WI", "T2WI_axial", "DWI_b800", "ADC"]


def test_what_few_studies_hold_costs_no_study():
    studies = cohort({}, T1, studies=10)
    rare = cohort({}, T1, VIBE | {"contrast_agent": "Gd"}, studies=10)
    assert chosen(studies | {"study 1": rare["study 1"]}) == ["T1WI", "T2WI"]


def test_who_asks_for_others_gets_them():
    studies = cohort({}, {"plane": "sagittal"}, T1)
    answers = {"sequences": "T2WI_sagittal, T1WI"}
    assert chosen(studies, answers) == ["T1WI", "T2WI_sagittal"]
    with pytest.raises(UsageError, match="did you mean 'T2WI_sagittal'"):
        chosen(studies, {"sequences": "T2WI_sag"})


def test_everything_where_a_series_is_to_be_named():
    studies = cohort({}, {"plane": "sagittal"}, T1)
    assert chosen(studies, everything=True) == ["T1WI", "T2WI_axial", "T2WI_sagittal"]
