"""A grid that holds nine of ten studies, and its price."""

import pytest

from pipelines.drafting.grid_proposal import propose
from pipelines.drafting.stack import Stack


def stack(*, plane="axial", shape=(20, 256, 256), spacing_mm=(4.0, 1.5, 1.5)):
    return Stack(
        plane=plane, shape=shape, spacing_mm=spacing_mm, centre_mm=(0.0, 0.0, 0.0)
    )


def cohort(*stacks):
    return {f"study {number}": {"T2WI": one} for number, one in enumerate(stacks)}


def test_spacing_of_the_median_study_and_room_for_nine_of_ten():
    small = [stack(shape=(20, 128, 120))] * 19
    found = propose(cohort(*small, stack(shape=(60, 400, 400))), ["T2WI"], unit="study")
    assert found.grid.spacing_mm == (4.0, 1.5, 1.5)
    assert found.grid.shape == (20, 128, 128)
    assert (
        "19 of 20 lie in it whole; of the others the edges are cut" in found.comments[1]
    )


def test_fine_pixels_become_coarser_than_192_across():
    found = propose(
        cohort(stack(spacing_mm=(4.0, 0.5, 0.5), shape=(20, 640, 512))),
        ["T2WI"],
        unit="study",
    )
    assert found.grid.shape == (20, 192, 160)
    assert found.grid.spacing_mm == (4.0, 1.7, 1.7)
    assert "1 of 1 lie in it whole." in found.comments[1]


def test_the_finest_channel_is_the_reference_in_its_own_plane():
    study = {"DWI": stack(spacing_mm=(4.0, 2.0, 2.0)), "T2WI": stack(plane="coronal")}
    found = propose({"study": study}, ["DWI", "T2WI"], unit="study")
    assert (found.grid.reference, found.grid.orientation) == ("T2WI", "coronal")


@pytest.mark.parametrize("unit", ["study", "series"])
def test_one_channel_has_no_reference(unit):
    assert propose(cohort(stack()), ["T2WI"], unit=unit).grid.reference is None


def test_what_it_costs():
    study = {"T2WI": stack(shape=(20, 128, 128)), "DWI": stack(shape=(20, 128, 128))}
    found = propose({"a": study, "b": study}, ["T2WI", "DWI"], unit="study")
    # 2 channels of 20 x 128 x 128 voxels of 2 bytes: 1.25 MiB
    assert "takes 1.2 MiB (2 x 327,680 voxels" in found.comments[2]
    assert "2 take 0.0024 GiB" in found.comments[2]
