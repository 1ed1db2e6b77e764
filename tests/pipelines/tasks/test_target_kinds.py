"""What columns of labels.csv may hold, by kind of target."""

import pytest

from pipelines.tasks.target_kinds import LABEL_KINDS


@pytest.mark.parametrize(
    ("kind", "number", "accepted"),
    [
        ("multilabel", 0.0, True),
        ("multilabel", 1.0, True),
        ("multilabel", 0.5, False),
        ("regression", -0.5, True),
    ],
)
def test_which_numbers_a_column_may_hold(kind, number, accepted):
    assert LABEL_KINDS[kind].accepts(number) is accepted
