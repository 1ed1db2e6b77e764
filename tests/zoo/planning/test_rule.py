import pytest

from tests.zoo.planning.made import facts
from zoo.planning.device import Device
from zoo.planning.rule import Candidate, Condition, Evidence, Rule


def candidate(value, **figures):
    evidence = [
        Evidence(data=name, patients=50, figure=figure, what="tried")
        for name, figure in figures.items()
    ]
    return Candidate(values={"arch": value}, evidence=tuple(evidence))


def rule(*candidates):
    return Rule(name="network", why="so", candidates=candidates)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition(), True),
        (Condition(patients_from=200), True),
        (Condition(patients_from=201), False),
        (Condition(patients_below=200), False),
        (Condition(voxels_from=28**3), True),
        (Condition(voxels_from=28**3 + 1), False),
        (Condition(smallest_side_below=28), False),
        (Condition(smallest_side_below=29), True),
        (Condition(foreground="constant"), False),
        (Condition(foreground="varied"), True),
        (Condition(imbalance_from=1.5), True),
        (Condition(imbalance_below=1.5), False),
        (Condition(mirrored=True), False),
        (Condition(gpu=False), True),
        (Condition(gpu=True), False),
        (Condition(covariates=False), True),
    ],
)
def test_a_condition_holds_where_all_that_it_states_does(condition, holds):
    assert condition.holds(facts(), mirror=()) == holds


def test_a_condition_asks_for_depth_gpu_covariates_and_axes_named():
    flat = facts(
        shape=(4, 64, 64),
        covariates=("age",),
        device=Device(gpu=True, memory_bytes=1),
    )
    asked = Condition(depth_is_smallest=True, gpu=True, covariates=True, mirrored=True)
    assert asked.holds(flat, mirror=("width",))
    assert not asked.holds(flat, mirror=())


def test_the_first_candidate_stays_unless_beaten_by_the_margin():
    first, second = candidate("a", vessel=0.70, acdc=0.70), candidate("b", vessel=0.72)
    assert rule(first, second).choice(0.03) is first
    assert rule(first, second).choice(0.02 - 1e-9) is second


def test_candidates_are_compared_on_data_sets_that_both_were_tried_on():
    first = candidate("a", vessel=0.7, acdc=0.9)
    second = candidate("b", vessel=0.8, adrenal=0.1)
    assert rule(first, second).choice(0.05) is second
    assert rule(first, candidate("b", adrenal=1.0)).choice(0.05) is first


def test_trials_on_other_numbers_of_patients_are_not_compared():
    tried = [
        Candidate(
            values={"arch": arch},
            evidence=(Evidence(data="acdc", patients=n, figure=f, what="tried"),),
        )
        for arch, n, f in (("a", 50, 0.5), ("b", 200, 0.9), ("c", 50, 0.6))
    ]
    assert rule(*tried).choice(0.02) is tried[2]


def test_without_a_data_set_its_evidence_and_what_rests_on_it_alone_is_gone():
    first, second = candidate("a", vessel=0.9), candidate("b", vessel=0.1, acdc=0.5)
    left = rule(first, second).without({"vessel"})
    assert left == rule(candidate("b", acdc=0.5))
    assert rule(first).without({"vessel"}) is None


def test_a_rule_wants_candidates_and_these_evidence():
    with pytest.raises(ValueError, match="rule network wants a candidate"):
        rule()
    with pytest.raises(ValueError, match="a candidate wants evidence"):
        rule(Candidate(values={"arch": "a"}, evidence=()))
