import pytest

from pipelines.errors import UsageError
from tuning.space import grid
from tuning.space import space as spaces


def test_what_holds_under_a_condition_counts_under_it_alone():
    space = spaces.of_tables(
        {
            "arch": {"choice": ["cnn3d", "inception", "resnet18"]},
            "slices.train": {"choice": [1, 2], "when": {"arch": ["inception"]}},
            "head.dropout": {"range": [0.0, 0.5], "step": 0.25},
        }
    )
    assert grid.size(space) == grid.check(space) == (2 + 2) * 3


def test_a_range_without_a_step_has_no_end():
    tables = {"optimisation.learning_rate": {"log": [1e-5, 1e-2]}}
    space = spaces.of_tables(tables)
    assert grid.size(space) is None
    with pytest.raises(UsageError, match="learning_rate has all between.*step = 10"):
        grid.check(space)
