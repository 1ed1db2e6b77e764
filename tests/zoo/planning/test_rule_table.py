"""The shipped rules: what they rest on, and that nothing leaks from a data set."""

import csv
import dataclasses
import re
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from tests.zoo.planning.made import facts
from zoo.planning import page, plan, rule_table
from zoo.recipes import edit
from zoo.recipes.recipe import Recipe

ROOT = Path(__file__).resolve().parents[3]
TABLE = rule_table.shipped()
CANDIDATES = [
    (rule, candidate) for rule in TABLE.rules for candidate in rule.candidates
]
EVIDENCE = [(rule, e) for rule, candidate in CANDIDATES for e in candidate.evidence]
DATA = ("vesselmnist3d", "adrenalmnist3d", "acdc")
SHAPES = facts(foreground="constant", patients=1200, samples=1200)


def told_otherwise(table, data, figure):
    """The table with another figure in all evidence of a data set."""

    def evidence(old):
        tried = old.data == data and old.figure is not None
        return dataclasses.replace(old, figure=figure) if tried else old

    def candidate(old):
        changed = tuple(map(evidence, old.evidence))
        return dataclasses.replace(old, evidence=changed)

    def rule(old):
        changed = tuple(map(candidate, old.candidates))
        return dataclasses.replace(old, candidates=changed)

    return dataclasses.replace(table, rules=tuple(map(rule, table.rules)))


def candidate_only(table, data, number):
    """The table with a figure of 1 for one candidate of each rule, 0 for the others."""
    high, low = (told_otherwise(table, data, figure) for figure in (1.0, 0.0))

    def rule(old_high, old_low):
        mixed = [
            h if place == number else lo
            for place, (h, lo) in enumerate(
                zip(old_high.candidates, old_low.candidates)
            )
        ]
        return dataclasses.replace(old_low, candidates=tuple(mixed))

    rules = tuple(map(rule, high.rules, low.rules))
    return dataclasses.replace(table, rules=rules)


def test_the_data_sets_are_those_that_evidence_names():
    assert set(TABLE.data_sets) == set(DATA)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("mirror", [(), ("width",)])
@pytest.mark.parametrize("known", [SHAPES, facts()], ids=["shapes", "intensities"])
def test_a_plan_without_a_data_set_does_not_hang_on_its_figures(data, mirror, known):
    plans = [
        plan.make(known, table, mirror=mirror, without={data})
        for table in (
            TABLE,
            candidate_only(TABLE, data, 0),
            candidate_only(TABLE, data, 1),
        )
    ]
    assert plans[0] == plans[1] == plans[2]
    assert not [
        line
        for setting in plans[0].settings
        for line in setting.evidence
        if line.startswith(f"{data}:")
    ]


def test_a_plan_with_all_of_them_does_hang_on_figures():
    first, second = (
        plan.make(SHAPES, candidate_only(TABLE, "vesselmnist3d", number)).recipe
        for number in (0, 1)
    )
    assert first.optimisation.schedule.kind == "cosine"
    assert second.optimisation.schedule.kind == "constant"


@pytest.mark.parametrize("data", DATA)
def test_a_plan_is_made_without_any_one_data_set(data):
    assert plan.make(SHAPES, TABLE, without={data}).recipe.arch == "cnn3d"


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(UsageError, match="rest on: acdc, adrenal.*Received: liver"):
        TABLE.without({"liver"})


@pytest.mark.parametrize(("rule", "candidate"), CANDIDATES, ids=lambda value: "")
def test_every_value_is_one_that_a_recipe_takes(rule, candidate):
    values = dict(candidate.values)
    if "optimisation.schedule.warmup_epochs" in values:
        values["optimisation.epochs"] = 50
    for field, value in values.items():
        if value == "mirror":
            values[field] = ["width"]
    edit.edit_all(Recipe(), values)


def test_figures_of_the_sweep_are_those_of_its_results():
    path = ROOT / "benchmarks" / "results" / "plan_evidence.csv"
    with path.open(encoding="utf-8") as file:
        rows = {
            (row["data"], int(row["patients"]), row["setting"]): row
            for row in csv.DictReader(file)
        }
    held = 0
    for _, evidence in EVIDENCE:
        sweep = re.match(
            r"held-out AUC, (\d+) patients, (\w+) \(([\d.]+)-([\d.]+)", evidence.what
        )
        if sweep:
            patients, setting, *shown = sweep.groups()
            row = rows[evidence.data, int(patients), setting]
            assert evidence.figure == pytest.approx(float(row["held_out_auc"]))
            ends = [float(row[end]) for end in ("low", "high")]
            assert [float(end) for end in shown] == pytest.approx(ends, abs=6e-4)
            held += 1
    assert held == sum(
        "plan_evidence.py" in evidence.what and evidence.figure is not None
        for _, evidence in EVIDENCE
    )


@pytest.mark.parametrize(("rule", "evidence"), EVIDENCE, ids=lambda value: "")
def test_files_that_evidence_names_exist(rule, evidence):
    for name in re.findall(r"(?:zoo|benchmarks|pipelines)/[\w/*.]+", evidence.what):
        assert list(ROOT.glob(name.rstrip("."))), name


def test_the_page_shows_the_rules_as_they_are():
    text = (ROOT / "docs" / "planning.md").read_text(encoding="utf-8")
    assert page.markdown(TABLE) in text
