from datetime import date

import pytest

from pipelines.errors import DataError
from tuning.space.parameter import of_table, to_table

RATE = "optimisation.learning_rate"


def test_steps_are_the_decimal_numbers_that_the_file_means():
    parameter = of_table(RATE, {"range": [0.0, 0.5], "step": 0.1})
    assert parameter.points == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


def test_a_logarithm_goes_by_factors():
    parameter = of_table(RATE, {"log": [1e-5, 1e-2], "step": 10})
    assert parameter.points == (1e-5, 1e-4, 1e-3, 1e-2)


def test_a_factor_with_many_digits_reaches_the_last_value():
    parameter = of_table(RATE, {"log": [1e-5, 1e-2], "step": 3.1622776601683795})
    assert len(parameter.points) == 7
    assert parameter.points[2:5:2] == (1e-4, 1e-3)
    assert parameter.points[-1] == 1e-2


def test_a_logarithm_of_whole_numbers_is_of_whole_numbers():
    parameter = of_table("optimisation.batch_size", {"log": [4, 64], "step": 2})
    assert parameter.points == (4, 8, 16, 32, 64)
    assert all(isinstance(point, int) for point in parameter.points)


def test_a_step_that_does_not_reach_the_last_value_ends_before_it():
    assert of_table("a", {"integers": [1, 6], "step": 2}).points == (1, 3, 5)
    assert of_table("a", {"integers": [1, 6], "step": 2}).ends == (1, 5)


def test_whole_numbers_have_a_step_of_1():
    assert of_table("a", {"integers": [2, 4]}).points == (2, 3, 4)


def test_what_has_no_step_has_no_points():
    assert of_table(RATE, {"log": [1e-5, 1e-2]}).points is None
    assert of_table(RATE, {"log": [1e-5, 1e-2]}).ends == (1e-5, 1e-2)


def test_the_ends_of_what_draws_fractions_are_fractions():
    ends = of_table("a", {"range": [1, 4]}).ends
    assert [type(end) for end in ends] == [float, float]


def test_every_choice_is_tried():
    assert of_table("a", {"choice": ["b", [1, 2]]}).ends == ("b", [1, 2])


def test_a_condition_may_be_a_value_or_a_list_and_have_sections():
    when = {"arch": "cnn3d", "optimisation": {"optimizer": ["sgd", "adam"]}}
    parameter = of_table("a", {"choice": [1, 2], "when": when})
    assert parameter.when == {
        "arch": ("cnn3d",),
        "optimisation.optimizer": ("sgd", "adam"),
    }


@pytest.mark.parametrize(
    "table",
    [
        {"choice": ["a", 1, [2.0]], "when": {"arch": ["b"]}},
        {"log": [1e-5, 1e-2]},
        {"range": [0.0, 0.5], "step": 0.1},
    ],
)
def test_a_line_reads_back_as_it_was(table):
    assert to_table(of_table("a", table)) == table


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (3e-4, "wants one of { choice"),
        ({"log": [1, 2], "range": [1, 2]}, "wants one of { choice"),
        ({"logg": [1, 2]}, "wants one of { choice"),
        ({"log": [1, 2], "stp": 2}, "may stand step and when. Received: stp"),
        ({"log": 1}, r"log wants a list in \[ \]. Received: 1"),
        ({"choice": []}, r"choice wants a list in \[ \]"),
        ({"choice": [[date(2026, 1, 2)]]}, "a boolean, a list or a table. Received:"),
        ({"choice": [1, 2, 1]}, "each choice stands once. Received twice: 1"),
        ({"range": [1, 2, 3]}, "two numbers"),
        ({"range": [1, "b"]}, "two numbers"),
        ({"range": [False, True]}, "two numbers"),
        ({"range": [1, float("inf")]}, "two numbers"),
        ({"integers": [1, 2.5]}, "two whole numbers"),
        ({"range": [2, 1]}, "the first value is below the last"),
        ({"range": [1, 1]}, "the first value is below the last"),
        ({"log": [0, 1]}, "a logarithm wants values above 0"),
        ({"log": [1, 2], "step": 1}, "a factor above 1"),
        ({"range": [1, 2], "step": 0}, "a number above 0"),
        ({"integers": [1, 2], "step": 0.5}, "a whole number above 0"),
        ({"range": [0, 1], "step": 2}, "leaves the first value alone"),
        ({"range": [0, 1], "step": 1e-6}, "at most 10000 values"),
        ({"choice": [1, 2], "step": 1}, "choices have no step"),
        ({"choice": [1, 2], "when": "arch"}, "when wants a table"),
        ({"choice": [1, 2], "when": {"arch": []}}, "an empty list"),
    ],
)
def test_a_line_that_is_none_is_refused(table, words):
    with pytest.raises(DataError, match=f"^{RATE}: .*{words}"):
        of_table(RATE, table)
