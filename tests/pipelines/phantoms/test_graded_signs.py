import numpy as np
import pytest

from pipelines.phantoms import anatomy, bodies, graded_signs, plans
from pipelines.phantoms.plans.cohort_plan import SignPlan


def _points(organ, count=5000):
    generator = np.random.default_rng(5)
    box = generator.uniform(-1, 1, (3, count)) * np.array(organ.semi_axes_mm)[:, None]
    points = (box * 0.9 + np.array(organ.centre_mm)[:, None]).astype(np.float32)
    filled = anatomy.inside(organ, points[:, None, None])[0, 0]
    return points[:, filled == 1][:, None, None]


def _plan(kind):
    gains = None if kind == "surface" else {"T2WI": 0.2}
    return SignPlan(kind=kind, organ="tumour", strength=3.0, gains=gains)


def _drawn(kind, severity, seed=0):
    generator = np.random.default_rng(seed)
    body = bodies.draw("brain", generator, {})
    return graded_signs.draw(_plan(kind), body, severity, generator)


@pytest.mark.parametrize("kind", ["nodules", "islands", "rim"])
def test_mean_and_spread_are_the_same_at_every_severity(kind):
    for severity in (-2.0, 1.5, 5.0):
        means, spreads = [], []
        for seed in range(12):
            _, sign = _drawn(kind, severity, seed)
            factor = graded_signs.factor(sign, _points(sign.organ), "T2WI")
            means.append(factor.mean())
            spreads.append(factor.std())
        assert np.mean(means) == pytest.approx(1, abs=0.04)
        assert np.mean(spreads) == pytest.approx(0.18, abs=0.04)


def test_a_rim_is_bright_outside_and_dark_inside():
    _, sign = _drawn("rim", 6.0)
    middle = np.array(sign.organ.centre_mm, np.float32)[:, None, None, None]
    assert graded_signs.factor(sign, middle, "T2WI") < 0.9
    points = _points(sign.organ)
    depth = graded_signs._squared_radius(sign.organ, points)
    bright = graded_signs.factor(sign, points, "T2WI") > 1
    assert bright[depth > 0.8].mean() > 0.9


def test_a_sequence_without_gain_does_not_show_it():
    _, sign = _drawn("rim", 6.0)
    assert np.all(graded_signs.factor(sign, _points(sign.organ), "T1WI") == 1)


def test_a_bumpy_surface_keeps_its_size():
    smooth, _ = _drawn("surface", -9.0)
    bumpy, _ = _drawn("surface", 9.0)
    grid = np.mgrid[-60:60:2.0, -70:70:2.0, -60:60:2.0].astype(np.float32)
    filled = []
    for body in (smooth, bumpy):
        organ = next(organ for organ in body.organs if organ.tissue == "tumour")
        filled.append(anatomy.inside(organ, grid))
    assert filled[1].sum() == pytest.approx(filled[0].sum(), rel=0.15)
    assert np.abs(filled[1] - filled[0]).sum() > 0.1 * filled[0].sum()


def test_half_the_look_lies_midway():
    assert graded_signs.share_of(1.5, 3.0) == pytest.approx(0.5)
    assert graded_signs.share_of(9.0, 3.0) > 0.99


def test_every_shipped_sign_has_an_organ_of_its_anatomy():
    for name in plans.shipped():
        plan = plans.load(name)
        body = bodies.draw(plan.anatomy, np.random.default_rng(0), {})
        tissues = {organ.tissue for organ in body.organs}
        assert {sign.organ for sign in plan.signs} <= tissues
