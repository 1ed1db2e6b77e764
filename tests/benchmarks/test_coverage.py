"""The simulation of coverage: its studies, its files, and a short form of it."""

from collections import Counter
from statistics import NormalDist

import numpy as np
import pytest

from benchmarks import coverage
from benchmarks.coverage_studies import SCENARIOS, Scenario
from zoo.evaluation.results import classification
from zoo.evaluation.results.settings import Settings


def test_the_truth_of_two_classes_is_that_of_the_binormal_model():
    truth = Scenario(patients=30, prevalence=0.2, auc=0.9).truth()
    right = NormalDist().cdf(NormalDist().inv_cdf(0.9) / 2**0.5)
    assert truth["auc"] == pytest.approx(0.9, abs=1e-3)
    assert truth["class1: sensitivity"] == pytest.approx(right, abs=2e-3)
    ppv = 0.2 * right / (0.2 * right + 0.8 * (1 - right))
    assert truth["class1: ppv"] == pytest.approx(ppv, abs=3e-3)


def test_studies_are_of_the_named_sizes():
    study = SCENARIOS["large, several samples"].study((1, 2))
    assert len(set(study.patient_id)) == 200
    assert 200 * 2.5 < len(study) < 200 * 4.5
    fixed = SCENARIOS["case-control"].study((1, 2))
    assert np.bincount(fixed.label).tolist() == [30, 30]
    assert len(SCENARIOS) == 16


def test_blocks_that_are_there_are_not_done_again(tmp_path, monkeypatch):
    path = tmp_path / "coverage.csv"
    row = dict(zip(coverage.COLUMNS, ("tiny", 0, 50, 1.0, "auc|shown|all=50")))
    done = []

    def block(job, resamples):
        done.append(job)
        return row | {"scenario": job[0], "block": job[1]}

    class AtOnce:
        def __init__(self, processes):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        map = staticmethod(map)

    monkeypatch.setattr(coverage, "block", block)
    monkeypatch.setattr(coverage, "ProcessPoolExecutor", AtOnce)
    coverage.simulate(path, 50, 200, 1)
    assert [name for name, _ in done] == list(SCENARIOS)
    coverage.simulate(path, 100, 200, 1)
    assert done[16:] == [(name, 1) for name in SCENARIOS]
    sums = coverage.totals(coverage.read(path))
    assert sums["tiny"]["auc", "shown", "all"] == 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["small, rare, near perfect", "middling", "small, several samples"]
)
def test_what_is_shown_covers(name):
    """With 150 studies four standard errors are 7 per cent."""
    scenario = SCENARIOS[name]
    truth, settings = scenario.truth(), Settings(bootstrap=200)
    counts = Counter()
    for seed in range(150):
        study = scenario.study((99, seed))
        counts += coverage.count(classification.level(study, settings), truth)
    for metric in coverage.METRICS:
        number = counts[metric, coverage.SHOWN, "all"]
        if number >= 100:
            held = counts[metric, coverage.SHOWN, "held"] / number
            assert held > 0.95 - 0.07, metric
