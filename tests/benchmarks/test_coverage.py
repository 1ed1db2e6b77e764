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

    monkeypatch.setattr(coverage, "truth_of", lambda name: {})

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


def _counts(clear: int, held: int) -> Counter:
    """Of a thousand intervals so many clear ones, of which so many hold the truth."""
    cell = ("kappa", coverage.SHOWN)
    return Counter(
        {
            (*cell, "all"): 1000,
            (*cell, "held"): 900,
            (*cell, "all clear"): clear,
            (*cell, "held clear"): held,
        }
    )


def test_tables_tell_the_clear_from_the_approximate():
    sums = {"tiny": _counts(800, 744), "large": _counts(40, 40)}
    shown = coverage.shown_table(sums, ("kappa", "auc")).splitlines()
    assert [line.split()[-2:] for line in shown[1:]] == [["93.0", "-"], ["(90.0)", "-"]]
    approximate = coverage.approximate_table(sums, ("kappa", "auc")).splitlines()
    assert approximate[0].split()[-1] == "kappa"
    assert [line.split()[-1] for line in approximate[1:]] == ["20", "96"]


@pytest.mark.parametrize(
    ("held", "lines"),
    [(744, []), (743, ["tiny: kappa 92.9 of 800"]), (790, ["tiny: kappa 98.8 of 800"])],
)
def test_cells_outside_of_what_is_wanted_are_listed(held, lines):
    assert coverage.outside({"tiny": _counts(800, held)}) == lines


def test_tables_are_put_between_their_marks(tmp_path):
    page = tmp_path / "page.md"
    text = "a\n<!-- coverage: {0} -->\n{1}<!-- end of {0} -->\nb\n"
    page.write_text(text.format("shown", "old\n"), encoding="utf-8")
    for table in ("first", "second"):
        coverage.write_page(page, {"shown": table})
        written = page.read_text(encoding="utf-8")
        assert written == text.format("shown", f"```\n{table}\n```\n")
    with pytest.raises(ValueError, match="lacks the marks of 'other'"):
        coverage.write_page(page, {"other": "table"})
