"""What is split, what is not, and how the parts are named."""

import dataclasses

import pytest

from pipelines.readers.dicom.headers import Frame, Series
from pipelines.readers.dicom.split_series import split

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
TILTED = (1.0, 0.0, 0.0, 0.0, 0.98, -0.199)
HEADER = Series(patient_id="P1", study_uid="1.2", series_uid="1.2.3")


def images(count=3, step_mm=2.0, **facts):
    """`count` images, 2 mm apart along z."""
    frame = Frame(path="", rows=4, columns=4, **{"orientation": AXIAL, **facts})
    return [
        (
            HEADER,
            dataclasses.replace(
                frame, path=f"{facts} {i}", position_mm=(0.0, 0.0, step_mm * i)
            ),
        )
        for i in range(count)
    ]


def parts(members):
    return {name: len(part) for name, part in split(members)}


def test_one_stack_has_no_part():
    assert parts(images()) == {"": 3}


def test_b_values_in_numeric_order():
    members = images(b_value=1000.0) + images(b_value=50.0) + images()
    assert list(parts(members)) == ["b=none", "b=50", "b=1000"]


def test_only_what_differs_is_named():
    members = (
        images(b_value=50.0)
        + images(b_value=800.0, image_type=("DERIVED", "PRIMARY", "ADC"))
        + images(b_value=800.0, image_type=("DERIVED", "PRIMARY", "TRACEW"))
    )
    assert parts(members) == {"b=50": 3, "b=800,type=ADC": 3, "b=800,type=TRACEW": 3}


def test_echo_times():
    members = images(echo_time_ms=2.46) + images(echo_time_ms=4.92)
    assert parts(members) == {"te=2.46": 3, "te=4.92": 3}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"echo_time_ms": 104.0}, {"echo_time_ms": 104.01}),
        ({"echo_time_ms": 62.0}, {"echo_time_ms": 62.001}),
        ({"echo_time_ms": 100.0}, {"echo_time_ms": 103.0}),  # by its positions
        ({"b_value": 799.4}, {"b_value": 800.2}),
        (
            {"image_type": ("ORIGINAL", "PRIMARY", "M", "NORM")},
            {"image_type": ("ORIGINAL", "PRIMARY", "M", "ND")},
        ),
    ],
    ids=["te", "small te", "te by position", "b", "image type"],
)
def test_what_wavers_along_a_stack_splits_nothing(first, second):
    whole = images(8)
    halves = [
        (header, dataclasses.replace(frame, **(first if i % 3 else second)))
        for i, (header, frame) in enumerate(whole)
    ]
    assert parts(halves) == {"": 8}


def test_a_header_that_wavers_along_several_time_points():
    members = [
        (header, dataclasses.replace(frame, image_type=(kind, str(i < 2))))
        for kind, time in (("A", 1), ("A", 2))
        for i, (header, frame) in enumerate(images(5, temporal_position=time))
    ]
    assert parts(members) == {"t=1": 5, "t=2": 5}


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ({"echo_time_ms": 80.0}, {"echo_time_ms": 100.0}, ["te=80", "te=100"]),
        ({"b_value": 50.0}, {"b_value": 800.0}, ["b=50", "b=800"]),
        ({"image_type": ("M",)}, {"image_type": ("P",)}, ["type=M", "type=P"]),
    ],
)
def test_two_images_do_not_join_because_each_lacks_what_the_other_has(
    first, second, names
):
    whole = images(8)
    halves = [
        (header, dataclasses.replace(frame, **(first if i % 2 else second)))
        for i, (header, frame) in enumerate(whole)
    ]
    assert list(parts(halves)) == names


def test_echo_times_within_the_tolerance_are_two_where_all_positions_are_double():
    members = images(echo_time_ms=100.0) + images(echo_time_ms=100.5)
    assert parts(members) == {"te=100": 3, "te=100.5": 3}


def test_orientations_are_named_by_plane():
    members = images(orientation=AXIAL) + images(orientation=CORONAL, step_mm=0)[:1]
    assert parts(members) == {"plane=axial": 3, "plane=coronal": 1}


def test_two_orientations_of_one_plane_are_numbered():
    members = images(orientation=AXIAL) + images(orientation=TILTED)
    assert parts(members) == {"plane=axial-1": 3, "plane=axial-2": 3}


def test_orientation_noise_does_not_split():
    noisy = (1.0, 1e-4, 0.0, -1e-4, 1.0, 0.0)
    members = images(2) + [
        (HEADER, dataclasses.replace(images()[2][1], orientation=noisy))
    ]
    assert parts(members) == {"": 3}


def test_images_without_orientation_stand_apart():
    members = images() + images(1, orientation=None)
    assert parts(members) == {"plane=unknown": 1, "plane=axial": 3}


def test_type_that_is_the_beginning_of_another():
    members = images(image_type=("A", "B")) + images(image_type=("A", "B", "C"))
    assert parts(members) == {"type=A/B": 3, "type=A/B/C": 3}


@pytest.mark.parametrize(
    ("fact", "name"), [("acquisition_number", "acq"), ("temporal_position", "t")]
)
def test_repeated_positions_are_resolved(fact, name):
    members = images(**{fact: 1}) + images(**{fact: 2}) + images(2, **{fact: 10})
    assert parts(members) == {f"{name}=1": 3, f"{name}=2": 3, f"{name}=10": 2}


def test_acquisitions_that_share_no_position_are_one_volume():
    even, odd = images(4, acquisition_number=1), images(4, acquisition_number=2)
    assert parts(even[::2] + odd[1::2]) == {"": 4}


def test_an_acquisition_number_of_each_image_resolves_nothing():
    members = images() + images(b_value=None, slice_thickness_mm=1.0)
    members = [
        (header, dataclasses.replace(frame, acquisition_number=i))
        for i, (header, frame) in enumerate(members)
    ]
    assert parts(members) == {"": 6}


def test_cardiac_phases_by_the_rank_of_their_trigger_time():
    members = [
        (header, dataclasses.replace(frame, path=f"{phase}", trigger_time_ms=time_ms))
        for phase in range(2)
        for i, (header, frame) in enumerate(images())
        for time_ms in [40.0 * phase + i]
    ]
    assert parts(members) == {"phase=1": 3, "phase=2": 3}
    for _, part in split(members):
        assert len({frame.path for _, frame in part}) == 1


def test_equal_trigger_times_resolve_nothing():
    members = images(trigger_time_ms=3.0) + images(trigger_time_ms=3.0, b_value=None)
    assert parts(members) == {"": 6}


def test_unresolved_repeats_stay_together():
    assert parts(images() + images(slice_thickness_mm=1.0)) == {"": 6}
