"""Registration where sequences lie at different places."""

import pytest

from pipelines.drafting.registration_proposal import distance_share, propose
from pipelines.drafting.stack import Stack


def stack(centre_mm, plane="axial"):
    """100 mm along slices, 200 along rows, 300 along columns."""
    return Stack(
        plane=plane,
        shape=(20, 100, 150),
        spacing_mm=(5.0, 2.0, 2.0),
        centre_mm=centre_mm,
    )


def studies(*centres):
    return {
        f"study {number}": {"T2WI": stack((0.0, 0.0, 0.0)), "DWI": stack(centre)}
        for number, centre in enumerate(centres)
    }


@pytest.mark.parametrize(
    "plane, shares", [("axial", (0.1, 0.15, 0.3)), ("sagittal", (0.3, 0.1, 0.15))]
)
def test_a_distance_counts_along_each_axis_by_what_is_shown_there(plane, shares):
    for axis, share in enumerate(shares):
        centre = tuple(30.0 * (axis == place) for place in range(3))
        one, other = stack((0.0, 0.0, 0.0), plane), stack(centre, plane)
        assert distance_share(one, other) == pytest.approx(share)


def test_near_ones_are_left_as_they_are():
    found = propose(
        studies((0, 0, 8.0), (0, 0, 40.0), (5, 0, 0)), ["T2WI", "DWI"], "T2WI"
    )
    assert found.registration == "none"
    assert (
        "8.0 mm apart" in found.comments[0] and "at most 40.0 mm" in found.comments[0]
    )


def test_far_ones_are_registered():
    found = propose(
        studies((0, 0, 18.0), (0, 0, 12.0), (0, 0, 0)), ["T2WI", "DWI"], "T2WI"
    )
    assert found.registration == "rigid"


def test_there_is_nothing_to_register_in_one_channel():
    assert propose(studies((0, 0, 90.0)), ["DWI"], None).registration == "none"
