import dataclasses

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.phantoms import plans
from pipelines.phantoms.plans.cohort_plan import (
    Confounder,
    Covariate,
    FurtherTarget,
    LeftOut,
    SignPlan,
)
from pipelines.phantoms.plans.sequence_plan import Hospital, SequencePlan
from pipelines.phantoms.plans.study_plan import Quick

_STUDIES = {
    "glioma_transfer": 113,
    "glioma_voting": 335,
    "liver_fibrosis": 224,
    "nash": 72,
    "prostate_sequences": 1153,
}


def test_the_five_studies_have_the_patients_of_their_papers():
    assert {name: plans.load(name).patients for name in plans.shipped()} == _STUDIES


@pytest.mark.parametrize("name", _STUDIES)
def test_a_shipped_plan_is_named_as_its_file_and_task(name):
    plan = plans.load(name)
    assert (plan.name, plan.task) == (name, name)


def test_the_patients_left_out_are_those_of_the_published_flow():
    plan = plans.load("nash")
    biopsied = [row for row in plan.left_out if row.why != "no_label"]
    assert plan.patients + sum(row.patients for row in biopsied) == 321
    missing = sum(row.patients for row in plan.left_out if row.why == "missing")
    assert plan.patients + missing == 102


def test_a_tenth_has_no_fewer_patients_than_the_plan_says():
    plan = plans.load("liver_fibrosis")
    assert plan.number_of_patients(scale=0.1, quick=False) == plan.least
    assert plan.number_of_patients(scale=1.0, quick=False) == 224
    assert plan.number_of_patients(scale=1.0, quick=True) == plan.quick.patients


def test_no_such_plan_is_wrong_usage():
    with pytest.raises(UsageError, match="no plan named 'nosuch'"):
        plans.load("nosuch")


def test_an_unknown_key_is_told_with_its_line(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\nsmell = 1\n', encoding="utf-8")
    with pytest.raises(DataError, match="line 2.*smell"):
        plans.load(str(path))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prevalence": (0.5,)}, "with a prevalence each"),
        ({"prevalence": (0.5, 0.2)}, "sums to 1"),
        ({"patients": 3}, "two a class or more"),
        ({"quick": Quick(patients=8, slices=(3, 4), matrix=(16, 16))}, "slices and"),
        ({"hospitals": ()}, "has sequences and hospitals"),
        ({"targets": (FurtherTarget(name="age", shares=(0, 1)),)}, "names differ"),
        ({"targets": (FurtherTarget(name="a", shares=(1,)),)}, "a value for each"),
        ({"signs": (SignPlan(kind="surface", organ="liver", strength=1, target="x"),)},
         "signs.target names one of"),
        ({"confounders": (Confounder(kind="covariate", strength=1, covariate="x"),)},
         "confounders.covariate names one of"),
        ({"left_out": (LeftOut(patients=1, why="missing", sequences=("x",)),)},
         "left_out.sequences names one of"),
    ],
)  # fmt: skip
def test_a_plan_that_contradicts_itself_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(plans.load("liver_fibrosis"), **changes)


def test_a_sequence_without_a_description_is_refused():
    plan = plans.load("liver_fibrosis")
    nameless = dataclasses.replace(plan.sequences[0], descriptions={})
    with pytest.raises(ValueError, match="T1WI has no description for siemens"):
        dataclasses.replace(plan, sequences=(nameless, *plan.sequences[1:]))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "diffusion"}, "b_values go with"),
        ({"kind": "inversion_recovery"}, "inversion_time_ms goes with"),
        ({"planes": ("oblique",)}, "planes are of"),
        ({"share": 0.0}, "share is above 0"),
    ],
)
def test_a_sequence_that_can_not_be_is_refused(values, message):
    usual = {"kind": "spin_echo", "echo_time_ms": 9.0, "repetition_time_ms": 500.0}
    with pytest.raises(ValueError, match=message):
        SequencePlan(name="a", descriptions={}, **{**usual, **values})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Hospital(site="a", vendor="ge", noise=0), "are above 0"),
        (lambda: Hospital(site="a", vendor="ge", wrong_names=2), "wrong_names is a"),
        (lambda: SignPlan(kind="surface", organ="a", strength=-1), "not negative"),
        (lambda: SignPlan(kind="rim", organ="a", strength=1), "gains go with"),
        (lambda: FurtherTarget(name="a"), "not both"),
        (lambda: Covariate(name="a", shares=(0, 2)), "shares are 0 to 1"),
        (lambda: Confounder(kind="site", strength=2), "strength is -1 to 1"),
        (lambda: Confounder(kind="covariate", strength=1), "covariate goes with"),
        (lambda: LeftOut(patients=0, why="coronal"), "1 or more"),
        (lambda: LeftOut(patients=1, why="missing"), "sequences go with"),
    ],
)
def test_a_row_that_can_not_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
