import matplotlib.image
import numpy as np
import pytest

from tests.zoo.evaluation.cohorts import cohort, evaluated, given
from tests.zoo.evaluation.figures.watching import figures_of
from zoo.evaluation.figures import calibration_plot, decision_curve_plot
from zoo.evaluation.results.settings import Settings

WORDS = {"event": "class ill", "outcomes": ("well", "ill"), "heading": "Test"}


def drawn(path):
    """Something other than white paper, large enough to print."""
    pixels = matplotlib.image.imread(path)
    assert min(pixels.shape[:2]) > 600
    assert pixels[..., :3].std() > 0.05


def test_calibration(tmp_path):
    found = cohort(60)
    evidence = evaluated(found, Settings(bootstrap=200))
    curve = evidence["calibration"]["before"]["per_class"]["ill"]["curve"]
    calibration_plot.calibration(
        tmp_path / "c.png",
        found.label == 1,
        found.probabilities[:, 1],
        confidence=0.95,
        independent=True,
        curve=curve,
        before=curve,
        **WORDS,
    )
    drawn(tmp_path / "c.png")


def test_equal_scores_are_one_point_whatever_their_order(tmp_path, monkeypatch):
    seen = figures_of(calibration_plot, monkeypatch)
    for name, happened in (("a", np.arange(60) < 30), ("b", np.arange(60) % 2 == 0)):
        calibration_plot.calibration(
            tmp_path / f"{name}.png",
            happened,
            np.full(60, 0.4),
            confidence=0.95,
            independent=False,
            **WORDS,
        )
    for figure in seen:
        points = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
        assert [line.get_xydata().ravel().tolist() for line in points] == [
            pytest.approx([0.4, 0.5])
        ]


def test_a_curve_without_a_band(tmp_path):
    lone = given([0, 1], [0.2, 0.7], patient=["p", "p"])
    evidence = evaluated(lone, Settings(bootstrap=200))
    curve = evidence["calibration"]["before"]["per_class"]["ill"]["curve"]
    assert curve["low"] == []
    calibration_plot.classes(
        tmp_path / "c.png", {"ill": (curve, curve)}, confidence=0.95, heading="Test"
    )
    drawn(tmp_path / "c.png")


def test_a_decision_curve_of_several_events(tmp_path, monkeypatch):
    seen = figures_of(decision_curve_plot, monkeypatch)
    curve = {"thresholds": [0.1, 0.5, 0.9], "model": [0.3, 0.2, 0.0]}
    curve |= {"low": [0.2, 0.1, None], "high": [0.4, 0.3, None], "all": [0.3, -0.2, -4]}
    decision_curve_plot.draw(
        tmp_path / "d.png",
        {name: curve for name in "abcd"},
        confidence=0.95,
        heading="Test",
    )
    drawn(tmp_path / "d.png")
    (figure,) = seen
    assert [axes.get_title() for axes in figure.axes if axes.get_visible()] == [*"abcd"]
    assert figure.axes[0].get_ylim()[0] > -0.1  # acting on all leaves the panel
