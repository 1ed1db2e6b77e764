import numpy as np
import pytest

from zoo.evaluation.calibration import measures
from zoo.evaluation.calibration.bins import reliability_bins
from zoo.evaluation.calibration.smooth_curve import smoother


def of(happened, stated):
    values = measures.replicate(
        happened,
        stated,
        np.ones((1, len(stated))),
        smoother=smoother(stated),
        bins=reliability_bins(stated),
    )
    return measures.measures(values, happened)


def test_by_hand():
    generator = np.random.default_rng(0)
    stated = generator.random(100)
    happened = generator.random(100) < stated
    found = of(happened, stated)
    assert found["o_e"].value == pytest.approx(happened.sum() / stated.sum())
    order = np.argsort(stated)
    parts = np.split(order, 10)
    error = np.mean([abs(happened[p].mean() - stated[p].mean()) for p in parts])
    assert found["ece"].value == pytest.approx(error)
    assert 0 < found["ici"].value < found["ece"].value


def test_true_probabilities_are_calibrated():
    generator = np.random.default_rng(1)
    stated = generator.beta(1, 2, 20_000)
    found = of(generator.random(20_000) < stated, stated)
    assert found["intercept"].value == pytest.approx(0, abs=0.05)
    assert found["slope"].value == pytest.approx(1, abs=0.05)
    assert found["o_e"].value == pytest.approx(1, abs=0.02)
    assert found["ici"].value < 0.01


def test_a_known_distance_is_the_index():
    stated = np.repeat([0.2, 0.8], 500)
    happened = np.concatenate([np.arange(500) < 150, np.arange(500) < 350])
    found = of(happened, stated)  # 0.3 and 0.7 happened: a tenth away, both
    assert found["ici"].value == pytest.approx(0.1, abs=1e-6)
    assert found["ece"].value == pytest.approx(0.1)
    odds = np.log(0.7 / 0.3) / np.log(0.8 / 0.2)
    assert found["slope"].value == pytest.approx(odds, abs=1e-6)


def test_what_is_not_defined_says_why():
    found = of(np.ones(30, bool), np.linspace(0.1, 0.9, 30))
    assert "all or in none" in found["slope"].reason
    found = of(np.arange(30) > 14, np.linspace(0.1, 0.9, 30))
    assert "separate the outcomes" in found["slope"].reason
    assert found["ici"].reason == ""


def test_chance_alone_gives_what_right_probabilities_get():
    generator = np.random.default_rng(3)
    stated = generator.beta(1, 1, 150)
    parts = {"smoother": smoother(stated), "bins": reliability_bins(stated)}
    drawn = measures.by_chance(stated, generator, 400, **parts)
    limit = {name: np.quantile(values, 0.9) for name, values in drawn.items()}
    ones, below = np.ones((1, 150)), {"ici": 0, "ece": 0}
    for _ in range(300):
        happened = generator.random(150) < stated
        found = measures.replicate(happened, stated, ones, **parts)
        for name in below:
            below[name] += found[name][0] <= limit[name]
    assert below["ici"] / 300 == pytest.approx(0.9, abs=0.05)
    assert below["ece"] / 300 == pytest.approx(0.9, abs=0.05)
    off = stated**2
    wrong = measures.replicate(generator.random(150) < off, stated, ones, **parts)
    assert wrong["ici"][0] > limit["ici"] and wrong["ece"][0] > limit["ece"]
