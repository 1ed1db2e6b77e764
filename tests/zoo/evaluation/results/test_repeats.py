import dataclasses

import numpy as np
import pytest

from tests.zoo.evaluation.cohorts import evaluated
from tests.zoo.evaluation.metrics.test_icc import SHROUT_FLEISS
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.evidence_text import text
from zoo.evaluation.metrics import icc
from zoo.evaluation.predictions.predictions import take
from zoo.evaluation.results.repeats import repeats
from zoo.evaluation.results.settings import Settings

QUICK = Settings(bootstrap=200)


def published(**options):
    """Six patients with four reads each, as published, in any order of rows."""
    made = numbered(6, samples_each=4)
    rows = np.random.default_rng(3).permutation(24)
    values = SHROUT_FLEISS.reshape(-1, 1).astype(float)
    made = dataclasses.replace(made, outputs={"pred": values}, **options)
    return take(made, rows)


def test_the_published_example():
    values = repeats(published(), 0, QUICK)
    assert (values["patients"], values["reads"], values["left_out"]) == (6, 4, 0)
    assert values["order"] == "sample_id"
    assert round(values["icc_2_1"]["value"], 2) == 0.29
    assert round(values["icc_3_1"]["value"], 2) == 0.71
    interval = values["icc_3_1"]["intervals"]["bootstrap"]
    assert interval["low"] < 0.71 < interval["high"]


def test_a_column_says_which_read_is_which():
    readers = tuple("dcba") * 6
    values = repeats(published(extra={"read": readers}), 0, QUICK)
    assert values["order"] == "column read"
    assert round(values["icc_2_1"]["value"], 2) == 0.29
    readers = "".join("abcd" if i % 2 else "dcba" for i in range(6))
    turned = repeats(published(extra={"read": tuple(readers)}), 0, QUICK)
    reads = SHROUT_FLEISS.copy()
    reads[::2] = reads[::2, ::-1]
    expected = icc.measure(reads)["icc_3_1"].value
    assert turned["icc_3_1"]["value"] == pytest.approx(expected)
    twice = repeats(published(extra={"read": tuple("aabc") * 6}), 0, QUICK)
    assert twice["order"] == "sample_id"


def test_patients_with_another_number_of_samples_are_counted():
    values = repeats(take(numbered(6, samples_each=3), range(1, 18)), 0, QUICK)
    assert (values["patients"], values["reads"], values["left_out"]) == (5, 3, 1)


def test_nothing_to_compare():
    assert repeats(numbered(5), 0, QUICK) == {}
    assert repeats(numbered(1, samples_each=3), 0, QUICK) == {}


def test_they_stand_with_the_samples_and_in_the_table():
    evidence = evaluated(numbered(8, samples_each=2), QUICK)
    levels = evidence["splits"]["test"]
    assert "repeats" not in levels["patient"]["per_column"]["kpa"]
    assert levels["sample"]["per_column"]["kpa"]["repeats"]["patients"] == 8
    shown = text(evidence)
    assert "kpa, repeated reads of a patient" in shown and "ICC(2,1)" in shown
