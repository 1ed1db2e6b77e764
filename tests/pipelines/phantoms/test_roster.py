import dataclasses

import numpy as np
import pytest

from pipelines.phantoms import plans, roster
from pipelines.phantoms.plans.cohort_plan import Confounder


def _enrolled(plan, seed=0):
    return roster.enrol(plan, scale=4.0, quick=False, seed=seed)


def _confounded(**values):
    plan = plans.load("liver_fibrosis")
    return dataclasses.replace(plan, confounders=(Confounder(**values),))


def test_each_class_has_its_prevalence():
    enrolled = roster.enrol(plans.load("glioma_voting"), scale=1.0, quick=False, seed=3)
    assert [sum(e.label == c for e in enrolled) for c in (0, 1)] == [76, 259]


def test_a_finding_has_its_published_share_in_each_class():
    taken = [e for e in _enrolled(plans.load("nash")) if e.left_out is None]
    for label, share in ((0, 0.457), (1, 0.892)):
        found = [e.targets["steatosis"].text for e in taken if e.label == label]
        assert np.mean([text == "1" for text in found]) == pytest.approx(share, abs=0.1)


def test_those_without_a_label_are_as_many_as_planned():
    enrolled = roster.enrol(plans.load("nash"), scale=1.0, quick=False, seed=0)
    without = [e for e in enrolled if not e.labelled]
    assert len(without) == 36 and {e.left_out.why for e in without} == {"no_label"}
    assert {e.label for e in without} == {0, 1}  # which their pictures show


@pytest.mark.parametrize(("strength", "sign"), [(0.9, 1), (0.0, 0), (-0.9, -1)])
def test_a_scanner_goes_with_the_class_as_strongly_as_planned(strength, sign):
    enrolled = _enrolled(_confounded(kind="scanner", strength=strength))
    late = np.mean([e.label for e in enrolled if e.hospital == 2])
    early = np.mean([e.label for e in enrolled if e.hospital == 0])
    assert np.sign(round(late - early, 0 if strength else 0)) == sign


def test_a_site_holds_all_its_scanners():
    enrolled = _enrolled(_confounded(kind="site", strength=1.0))
    assert {e.label for e in enrolled if e.hospital in (0, 1)} == {0}
    assert {e.label for e in enrolled if e.hospital == 2} == {1}


def test_a_covariate_goes_with_the_class():
    enrolled = _enrolled(_confounded(kind="covariate", strength=1.0, covariate="age"))
    ages = [
        np.mean([float(e.covariates["age"].text) for e in enrolled if e.label == label])
        for label in (0, 1)
    ]
    assert ages[1] - ages[0] == pytest.approx(24, abs=4)
