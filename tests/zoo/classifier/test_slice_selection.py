import pytest

from pipelines.batches.slices import Slices
from pipelines.errors import UsageError
from zoo.classifier import slice_selection


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (0, tuple(range(20))),
        (20, tuple(range(20))),
        (1, (10,)),
        (2, (5, 15)),
        (4, (2, 7, 12, 17)),
    ],
)
def test_evaluated_slices_are_evenly_spaced(wanted, expected):
    assert slice_selection.evaluated(20, Slices(evaluate=wanted)) == expected


def test_evaluated_slices_lie_within_the_share():
    found = slice_selection.evaluated(100, Slices(evaluate=3, depth=(0.4, 0.7)))
    assert found == (45, 55, 65)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(1, (54,)), (4, (53, 54, 55, 56)), (0, tuple(range(40, 70)))],
)
def test_a_block_is_evaluated_in_the_middle(wanted, expected):
    policy = Slices(evaluate=wanted, depth=(0.4, 0.7), policy="block")
    assert slice_selection.evaluated(100, policy) == expected


def test_an_even_draw_is_evaluated_evenly():
    either = (Slices(evaluate=4, policy=policy) for policy in ("even", "random"))
    assert len({slice_selection.evaluated(20, one) for one in either}) == 1


@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_more_slices_than_there_are(name):
    slices = Slices(**{"train": 1, name: 6}, depth=(0.0, 0.5))
    with pytest.raises(UsageError, match=rf"slices.{name} wants 6 .* leaves 5"):
        slice_selection.check(10, slices)


def test_more_neighbours_than_there_are():
    slice_selection.check(8, Slices(adjacent=7))
    with pytest.raises(UsageError, match="wants 9 slices beside each .* volume has 8"):
        slice_selection.check(8, Slices(adjacent=9))


def test_neighbours_end_with_the_volume():
    assert slice_selection.neighbours((0, 2, 4), 5, 1) == ((0, 2, 4),)
    assert slice_selection.neighbours((0, 2, 4), 5, 5) == (
        (0, 0, 2),
        (0, 1, 3),
        (0, 2, 4),
        (1, 3, 4),
        (2, 4, 4),
    )
