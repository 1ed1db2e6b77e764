"""Limits leave out fragments."""

from pipelines.drafting.inclusion_proposal import propose
from pipelines.tasks.task import Inclusion
from tests.pipelines.drafting.test_grid_proposal import cohort, stack


def test_half_of_the_median_study():
    whole = [stack(shape=(20, 100, 80))] * 4
    found = propose(cohort(*whole, stack(shape=(7, 100, 80))), ["T2WI"])
    assert found.inclusion == Inclusion(
        planes=("axial",), minimum_slices=10, minimum_matrix=(50, 40)
    )
    assert "1 of 5 lie below" in found.comments[0]


def test_the_least_channel_decides():
    study = {"T2WI": stack(shape=(30, 256, 256)), "DWI": stack(shape=(20, 64, 64))}
    found = propose({"study": study}, ["T2WI", "DWI"])
    assert found.inclusion.minimum_slices == 10
    assert found.inclusion.minimum_matrix == (32, 32)


def test_planes_that_are_not_named_are_no_limit():
    found = propose(cohort(stack(), stack(plane="oblique")), ["T2WI"])
    assert found.inclusion.planes == ()
