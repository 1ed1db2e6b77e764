"""What a task could derive is offered as comments, and reads once they are taken."""

import tomllib

import pytest

from pipelines.drafting import derivation_hints, drafted_sequences
from pipelines.drafting.drafted_sequences import DraftedSequence
from pipelines.drafting.kinds import kinds_of
from pipelines.drafting.task_text import text_of
from pipelines.tasks import derivation
from pipelines.tasks.sequence import Sequence
from tests.pipelines.drafting.invented import ADC, DWI, T1, cohort


def offered(*facts):
    studies = cohort(*facts)
    return drafted_sequences.of_kinds(kinds_of(studies), studies)


def named(*names, studies=("1", "2")):
    return [
        DraftedSequence(sequence=Sequence(name=name), studies=frozenset(studies))
        for name in names
    ]


def hinted(sequences):
    """Expression by name, of the comments with their # taken away."""
    text = text_of(derivation_hints.sections(sequences))
    assert tomllib.loads(text) == {}
    lines = text.splitlines()
    tables = lines[lines.index("# [[sequences]]") :] if text else []
    taken = tomllib.loads("\n".join(line.removeprefix("# ") for line in tables))
    return {one["name"]: one["derive"] for one in taken.get("sequences", ())}


def test_the_b_values_of_a_plane_make_a_coefficient():
    b_values = [DWI | {"b_value": float(b)} for b in (800, 50, 400)]
    found = hinted(offered({}, *b_values, ADC, DWI | {"plane": "sagittal"}))
    assert list(found) == ["ADC_fitted_axial"]
    sources = derivation.parse(found["ADC_fitted_axial"]).sources
    assert [name.partition("_axial")[0] for name in sources] == [
        *("DWI_b50", "DWI_b400", "DWI_b800")
    ]


def test_one_b_value_makes_none():
    assert hinted(offered({}, DWI, ADC)) == {}


def test_what_a_contrast_agent_adds():
    found = hinted(offered(T1, T1 | {"contrast_agent": "Gd"}, {"contrast_agent": "Gd"}))
    assert found == {"T1WI_CE-T1WI": "T1WI_CE - T1WI"}


def test_two_moments_of_the_heart():
    assert hinted(named("es", "ED", "T2")) == {"ED-es": "ED - es"}


@pytest.mark.parametrize("second", [{"ES (late)"}, {"T2"}])
def test_other_names_make_none(second):
    assert hinted(named("ED", *second)) == {}


def test_moments_of_other_patients_make_none():
    assert hinted(named("ED") + named("ES", studies=("3", "4"))) == {}
