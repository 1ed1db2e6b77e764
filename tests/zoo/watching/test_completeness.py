from itertools import count

import pytest

from pipelines.readers.dicom.received_file import ReceivedFile
from zoo.watching.completeness import missing

UIDS = count()


def files(number, **said):
    return [
        ReceivedFile(
            **{
                "patient_id": "P",
                "study_uid": "1",
                "series_uid": "1.1",
                "sop_uid": f"1.1.{next(UIDS)}",
                **said,
            }
        )
        for _ in range(number)
    ]


def test_nothing_is_missing_where_nothing_is_announced():
    assert missing(files(3) + files(2, series_uid="1.2")) == ""


@pytest.mark.parametrize("here", [1, 4, 5, 6])
@pytest.mark.parametrize("name", ["study_objects", "series_objects"])
def test_announced_objects(name, here):
    words = {
        "study_objects": f"{here} of 5 objects of the study are here",
        "series_objects": f"{here} of 5 objects of a series are here",
    }
    assert missing(files(here, **{name: 5})) == (words[name] if here < 5 else "")


def test_objects_of_a_study_count_over_its_series():
    other = files(2, series_uid="1.2", images=0)
    assert missing(files(3, study_objects=5) + other) == ""


def test_objects_of_a_series_do_not():
    other = files(2, series_uid="1.2")
    assert missing(files(3, series_objects=5) + other).startswith("3 of 5 objects")


def test_an_instance_that_came_twice_counts_once():
    twice = files(2, series_objects=2, sop_uid="1.1.x")
    assert missing(twice) == "1 of 2 objects of a series are here"


def test_images_of_acquisitions():
    first = files(4, acquisition=1, acquisition_images=4)
    words = "3 of 4 images of an acquisition are here"
    assert missing(first + files(3, acquisition=2, acquisition_images=4)) == words
    assert missing(first + files(4, acquisition=2, acquisition_images=4)) == ""


def test_images_of_acquisitions_that_state_those_of_the_series():
    both = [files(4, acquisition=n, acquisition_images=8) for n in (1, 2)]
    assert missing(both[0] + both[1]) == ""
    assert missing(both[0]) == "4 of 8 images of an acquisition are here"


def test_frames_count_as_images_and_not_as_objects():
    assert missing(files(1, images=8, acquisition_images=8, series_objects=1)) == ""


def test_time_points_in_one_series():
    def points(*numbers):
        return [f for n in numbers for f in files(3, time_point=n, time_points=3)]

    assert missing(points(1, 2)) == "2 of 3 time points are here"
    assert missing(points(1, 2, 3)) == ""
    assert missing(points(1, 2, 3)[:-1]) == "a time point has 2 images and another 3"


def test_time_points_that_are_a_series_each():
    series = [
        file
        for n in (1, 2, 3)
        for file in files(3, series_uid=f"1.{n}", time_point=n, time_points=3)
    ]
    assert missing(series) == ""
    assert missing(series[:6]) == "2 of 3 time points are here"


def test_time_points_that_no_file_names_are_not_awaited():
    assert missing(files(3, time_points=3)) == ""


def test_a_cut_file_is_missing_until_a_whole_one_of_it_comes():
    cut = files(1, whole=False, sop_uid="1.1.y")
    assert missing(files(1) + cut) == "1 of 2 files end before their pixels do"
    assert missing(files(1) + cut + files(1, sop_uid="1.1.y")) == ""
    assert missing(files(1, sop_uid="1.1.y") + cut) == ""
