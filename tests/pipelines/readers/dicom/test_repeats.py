"""Whole stacks, one after the other or position by position."""

import dataclasses

import pytest

from pipelines.readers.dicom.headers import Frame, Series
from pipelines.readers.dicom.repeats import repeat_ranks, repeats

HEADER = Series(patient_id="P1", study_uid="1.2", series_uid="1.2.3")
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def stacks(times=3, slices=4, *, header=HEADER, **facts):
    """Images by time, then by position; `facts` are functions of both."""
    return [
        (
            header,
            Frame(
                path=f"{time} {place}",
                rows=4,
                columns=4,
                orientation=AXIAL,
                position_mm=(0.0, 0.0, 2.0 * place),
                **{name: fact(time, place) for name, fact in facts.items()},
            ),
        )
        for time in range(times)
        for place in range(slices)
    ]


def found(members):
    """Paths by part, sorted."""
    return {
        name: sorted(frame.path for _, frame in group)
        for name, group in repeats(members)
    }


WANTED = {f"t={t + 1}": [f"{t} {place}" for place in range(4)] for t in range(3)}


@pytest.mark.parametrize(
    "facts",
    [
        {"instance_number": lambda time, place: 4 * time + place + 1},
        {"instance_number": lambda time, place: 4 * time + 9 - place},
        {"acquisition_time": lambda time, place: f"0859{7 * time + place % 2 + 10}.5"},
        {
            "instance_number": lambda time, place: 1,
            "acquisition_time": lambda time, place: f"2024123123595{time}",
        },
    ],
    ids=["ge", "downwards", "interleaved", "3d"],
)
def test_whole_stacks_one_after_the_other(facts):
    assert found(stacks(**facts)) == WANTED
    assert found(stacks(**facts)[::-1]) == WANTED


def by_position(time, place):
    return 3 * place + time + 1


def test_position_by_position_only_where_the_header_states_how_many():
    assert list(found(stacks(instance_number=by_position))) == [""]
    stated = dataclasses.replace(HEADER, temporal_positions=3)
    assert found(stacks(instance_number=by_position, header=stated)) == WANTED
    other = dataclasses.replace(HEADER, temporal_positions=4)
    assert list(found(stacks(instance_number=by_position, header=other))) == [""]


def test_a_last_stack_may_be_shorter():
    members = stacks(instance_number=lambda time, place: 4 * time + place + 1)[:-1]
    assert [len(paths) for paths in found(members).values()] == [4, 4, 3]


def test_a_stack_in_the_middle_may_lack_a_slice():
    members = stacks(instance_number=lambda time, place: 4 * time + place + 1)
    for lacking in range(12):
        paths = found(members[:lacking] + members[lacking + 1 :])
        assert sorted(map(len, paths.values())) == [3, 4, 4]


def test_no_order_is_made_up():
    assert list(found(stacks())) == [""]
    assert list(found(stacks(instance_number=lambda time, place: place))) == [""]
    shuffled = stacks(instance_number=lambda time, place: (5 * time + 7 * place) % 12)
    assert list(found(shuffled)) == [""]


def test_images_of_one_b_value_are_no_time_points():
    facts = {"instance_number": lambda time, place: 4 * time + place}
    members = stacks(b_value=lambda time, place: 800.0, **facts)
    assert list(found(members)) == [""]


def test_ranks_among_what_differs_in_nothing_else():
    names = ["b=0,t=1", "b=0,t=3", "b=800", "te=2,acq=4", "te=2,acq=none"]
    assert repeat_ranks(names) == [(1, 2), (2, 2), (1, 1), (1, 2), (2, 2)]
