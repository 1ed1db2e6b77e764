"""What `benchmarks/plan.py` and `plan_evidence.py` draw, and what they don't redo."""

import csv
import importlib

import numpy as np
import pytest

from zoo.planning import rule_table


def test_patients_are_drawn_by_class_each_once():
    from plan_evidence import drawn

    labels = np.array([0] * 90 + [1] * 10)
    chosen = drawn(labels, 20, np.random.default_rng(0))
    assert len(set(chosen)) == 20
    assert np.bincount(labels[chosen]).tolist() == [18, 2]


def test_a_class_has_one_patient_at_least():
    from plan_evidence import drawn

    labels = np.array([0] * 99 + [1])
    assert 99 in drawn(labels, 10, np.random.default_rng(0))


def test_every_setting_is_a_recipe_and_differs_from_base():
    from plan_evidence import RUNS, recipe

    for patients, setting in RUNS:
        assert (recipe(patients, setting) == recipe(patients, "base")) == (
            setting == "base"
        )


@pytest.mark.parametrize("script", ["plan", "plan_evidence"])
def test_what_has_a_line_is_finished(script, tmp_path):
    module = importlib.import_module(script)
    results = tmp_path / "results.csv"
    assert module.finished(results) == set()
    line = dict.fromkeys(module.COLUMNS, "1") | {"data": "vesselmnist3d"}
    line |= {"case": "planned"} if script == "plan" else {"setting": "base"}
    with results.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, module.COLUMNS)
        writer.writeheader()
        writer.writerow(line)
    (key,) = module.finished(results)
    assert key[0] == "vesselmnist3d" and 1 in key


def test_the_proof_leaves_out_data_sets_that_rules_know():
    from plan import DATA

    assert set(DATA) < set(rule_table.shipped().data_sets)
