import pytest

from pipelines.errors import DataError
from zoo import slices
from zoo.recipe import Slices


@pytest.mark.parametrize(
    ("depth", "share", "expected"),
    [
        (10, (0.0, 1.0), range(10)),
        (20, (0.1, 0.25), range(2, 5)),
        (7, (0.5, 0.6), range(3, 5)),
        (1, (0.2, 0.3), range(1)),
    ],
)
def test_candidates_are_the_slices_that_the_share_touches(depth, share, expected):
    assert slices.candidates(depth, share) == expected


@pytest.mark.parametrize("share", [(0.0, 1.0), (0.1, 0.2), (0.29, 0.57), (0.9, 0.95)])
def test_candidates_are_what_training_draws_from(share):
    pytest.importorskip("tensorflow")
    from pipelines.batches.draws import depth_range

    for depth in (1, 7, 20, 100):
        assert slices.candidates(depth, share) == range(*depth_range(depth, share))


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
    assert slices.evaluated(20, Slices(evaluate=wanted)) == expected


def test_evaluated_slices_lie_within_the_share():
    found = slices.evaluated(100, Slices(evaluate=3, depth=(0.4, 0.7)))
    assert found == (45, 55, 65)


def test_more_slices_than_there_are():
    with pytest.raises(DataError, match=r"slices.evaluate wants 6 .* leaves 5"):
        slices.evaluated(10, Slices(evaluate=6, depth=(0.0, 0.5)))
