import pytest

from pipelines.batches.depth import candidates, check_enough
from pipelines.errors import UsageError


@pytest.mark.parametrize(
    "size, share, expected",
    [
        (10, (0.0, 1.0), (0, 10)),
        (10, (0.25, 0.75), (2, 8)),
        (10, (0.1, 0.2), (1, 2)),
        (3, (0.4, 0.5), (1, 2)),
        (4, (0.99, 1.0), (3, 4)),
        (4, (1.0, 1.0), (3, 4)),
        (1, (0.5, 0.6), (0, 1)),
    ],
)
def test_every_slice_that_is_touched_and_at_least_one(size, share, expected):
    assert candidates(size, share) == range(*expected)


@pytest.mark.parametrize("share", [(0.29, 0.55), (0.57, 0.58), (0.0, 0.07)])
def test_rounding_of_floats_adds_no_slice(share):
    first, stop = (round(100 * end) for end in share)
    assert candidates(100, share) == range(first, stop)


def test_more_slices_than_there_are_is_refused():
    within = candidates(10, (0.0, 0.5))
    check_enough(5, within, "train")
    with pytest.raises(UsageError, match="slices.train wants 6 .* leaves 5. Lower"):
        check_enough(6, within, "train")
