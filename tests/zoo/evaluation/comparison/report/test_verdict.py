import dataclasses

import pytest

from tests.zoo.evaluation.cohorts import cohort
from zoo.evaluation.comparison import figures_of_merit
from zoo.evaluation.comparison.inference import Inference
from zoo.evaluation.comparison.report import verdict
from zoo.evaluation.comparison.report.row import Margin, Row


def show(value):
    return f"{value:.2f}"


def row(low, high, p, *, figure="auc", margin=None, p_holm=None):
    middle = (low + high) / 2
    return Row(
        figure=figures_of_merit.named(figure, cohort(4)),
        model="new",
        reference="old",
        value=0.7 + middle,
        reference_value=0.7,
        inference=Inference(method="t", low=low, high=high, p=p),
        p_holm=p if p_holm is None else p_holm,
        margin=margin,
    )


def sentence(found):
    return verdict.sentence(found, 0.95, show)


def test_a_difference_that_is_shown():
    assert sentence(row(0.02, 0.1, 0.01)) == "new is better than old, by 0.02 to 0.10"
    assert sentence(row(-0.1, -0.02, 0.01)).startswith(
        "old is better than new, by 0.02"
    )
    assert verdict.short(row(-0.1, -0.02, 0.01), 0.95) == "old better"


def test_less_is_better_for_losses():
    assert sentence(row(0.02, 0.1, 0.01, figure="brier")).startswith("old is better")
    words = sentence(row(-0.02, 0.1, 0.3, figure="brier"))
    assert words == "no difference shown; new may be from 0.10 worse to 0.02 better"


def test_no_difference_shown_says_what_remains_possible():
    words = sentence(row(-0.03, 0.08, 0.4))
    assert words == "no difference shown; new may be from 0.03 worse to 0.08 better"
    assert verdict.short(row(-0.03, 0.08, 0.4), 0.95) == "no difference shown"


def test_after_holm_its_own_interval_does_not_count_alone():
    words = sentence(row(0.01, 0.08, 0.02, p_holm=0.06))
    assert words.startswith("no difference shown; new may be from 0.01 better to 0.08")
    assert words.endswith("its Holm p is not below 0.05)")


def test_an_interval_that_reaches_0_leaves_the_amount_open():
    assert "by how much is open" in sentence(row(-0.01, 0.2, 0.04))


def test_what_was_not_tested_says_why():
    found = dataclasses.replace(
        row(0, 0, None), inference=Inference(method="t", reason="no class")
    )
    assert sentence(found) == "not tested: no class"
    assert verdict.short(found, 0.95) == "not tested"


def test_an_end_of_0_is_equal():
    assert "from 0.30 worse to equal" in sentence(row(-0.3, 0.0, 0.7))


@pytest.mark.parametrize(
    ("low", "high", "p", "wanted"),
    [
        (-0.02, 0.03, 0.001, "equivalent"),
        (-0.02, 0.09, 0.001, "non-inferior"),
        (-0.07, 0.03, 0.2, "not shown"),
        (-0.2, -0.08, 0.99, "inferior"),
        (-0.02, 0.03, 0.03, "not shown"),  # after Holm
        (-0.02, 0.03, None, "not shown"),
    ],
)
def test_the_margin(low, high, p, wanted):
    margin = Margin(size=0.05, p=p, p_holm=p)
    assert verdict.on_margin(row(low, high, 0.5, margin=margin), 0.95) == wanted


def test_the_margin_of_a_loss_is_the_other_way():
    margin = Margin(size=0.05, p=0.001, p_holm=0.001)
    found = row(-0.2, 0.02, 0.3, figure="brier", margin=margin)
    assert verdict.on_margin(found, 0.95) == "non-inferior"
    assert "Not inferior: worse by less than 0.05" in sentence(found)
    assert verdict.on_margin(row(-0.2, 0.02, 0.3), 0.95) == ""
