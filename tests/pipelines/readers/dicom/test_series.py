"""From files to series, and what headers alone forbid."""

import dataclasses

import pytest

from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Frame, Pixels, Series
from pipelines.readers.dicom.series import assemble, check, ordered

PIXELS = Pixels(
    syntax="1.2.840.10008.1.2.1",
    offset=500,
    length_bytes=84,
    bits_allocated=16,
    bits_stored=12,
    high_bit=11,
    signed=False,
)
HEADER = Series(
    patient_id="P1", study_uid="1.2", series_uid="1.2.3", series_number=4, sex="F"
)


def image(z_mm, **facts):
    stated = {"orientation": (1.0, 0, 0, 0, 1.0, 0), "pixels": PIXELS, **facts}
    return Frame(
        path=f"{z_mm} {facts}",
        rows=6,
        columns=7,
        position_mm=(0.0, 0.0, z_mm),
        spacing_mm=(1.0, 1.0),
        **stated,
    )


def files(*frames, header=HEADER):
    return [(header, (frame,)) for frame in frames]


def series(**facts):
    (one,) = assemble(files(*(image(z, **facts) for z in (0.0, 2.0, 4.0))))
    return one


def test_order_is_by_position_not_by_instance_number():
    frames = [image(z, instance_number=n) for z, n in ((4.0, 1), (0.0, 2), (2.0, 3))]
    (one,) = assemble(files(*frames))
    assert [frame.position_mm[2] for frame in one.frames] == [0, 2, 4]
    assert [frame.instance_number for frame in one.frames] == [2, 3, 1]


def test_order_follows_the_normal():
    frames = [image(z, orientation=(1.0, 0, 0, 0, -1.0, 0)) for z in (0.0, 2.0, 4.0)]
    (one,) = assemble(files(*frames))
    assert [frame.position_mm[2] for frame in one.frames] == [4, 2, 0]


def test_frames_without_position_keep_their_order():
    frames = tuple(image(z, orientation=None) for z in (4.0, 0.0))
    assert ordered(frames) == frames


def test_facts_of_a_part_come_from_its_images():
    high = dataclasses.replace(HEADER, sequence_name="*ep_b800t")
    low = dataclasses.replace(HEADER, sequence_name="*ep_b50t")
    kind = ("DERIVED", "PRIMARY", "DIFFUSION")
    found = assemble(
        files(image(0.0, b_value=800.0, image_type=kind), header=high)
        + files(image(0.0, b_value=50.0, image_type=kind), header=low)
    )
    assert [s.part for s in found] == ["b=50", "b=800"]
    assert [s.key for s in found] == ["1.2.3#b=50", "1.2.3#b=800"]
    assert [s.sequence_name for s in found] == ["*ep_b50t", "*ep_b800t"]
    assert [s.b_value for s in found] == [50, 800]
    assert found[0].image_type == kind
    assert found[0].plane == "axial"
    assert found[0].sex == "F"


def test_series_come_by_patient_study_and_number():
    def of(**ids):
        return files(image(0.0), header=dataclasses.replace(HEADER, **ids))

    found = assemble(
        of(patient_id="P2")
        + of(series_uid="9", series_number=None)
        + of(series_uid="8", series_number=11)
        + of(series_uid="7", series_number=2)
    )
    assert [(s.patient_id, s.series_uid) for s in found] == [
        ("P1", "7"),
        ("P1", "8"),
        ("P1", "9"),
        ("P2", "1.2.3"),
    ]


def test_one_uid_in_two_studies_is_two_series():
    other = dataclasses.replace(HEADER, study_uid="1.3")
    assert len(assemble(files(image(0.0)) + files(image(2.0), header=other))) == 2


def test_a_lone_b_value_of_zero_is_no_diffusion():
    assert series(b_value=0.0).b_value is None
    assert series(b_value=0.0, image_type=("ORIGINAL", "DIFFUSION")).b_value == 0
    both = assemble(files(image(0.0, b_value=0.0), image(0.0, b_value=800.0)))
    assert [s.b_value for s in both] == [0, 800]


def test_check_gives_the_geometry():
    assert check(series()).spacing_mm == (1.0, 1.0, 2.0)


@pytest.mark.parametrize(
    ("facts", "code", "match"),
    [
        ({"image_type": ("ORIGINAL", "MOSAIC")}, "mosaic", "a Siemens mosaic"),
        (
            {"pixels": dataclasses.replace(PIXELS, samples=3, photometric="RGB")},
            "colour",
            "3 samples per pixel",
        ),
        (
            {"pixels": dataclasses.replace(PIXELS, photometric="PALETTE COLOR")},
            "colour",
            "1 samples per pixel",
        ),
        (
            {"pixels": dataclasses.replace(PIXELS, bits_allocated=1, bits_stored=1)},
            "unsupported_pixels",
            "high bit = 1, 1, 11",
        ),
        (
            {"pixels": dataclasses.replace(PIXELS, high_bit=15)},
            "unsupported_pixels",
            "high bit = 16, 12, 15",
        ),
        ({"slope": 0.0}, "bad_rescale", "Received: 0.0, 0.0"),
        ({"intercept": float("nan")}, "bad_rescale", "Received: 1.0, nan"),
        (
            {"pixels": dataclasses.replace(PIXELS, length_bytes=83)},
            "truncated",
            "83 of 84 bytes",
        ),
        ({"frames": 2}, "truncated", "84 of 168 bytes"),
        ({"orientation": None}, "no_geometry", "without a position of its own"),
    ],
)
def test_check_refuses(facts, code, match):
    with pytest.raises(StudyError, match=match) as raised:
        check(series(**facts))
    assert raised.value.code == code
    assert raised.value.problem.startswith("series 4: ")


def test_check_of_a_frame_without_pixels():
    with pytest.raises(ValueError, match="without its pixel format. Received: Frame"):
        check(series(pixels=None))


def stack(places, **facts):
    return [image(2.0 * place, **facts) for place in places]


def test_a_part_knows_the_longer_parts_of_its_series():
    found = assemble(
        files(
            *stack(range(19), b_value=50.0),
            *stack(range(19), b_value=400.0),
            *stack(range(16), b_value=800.0),
        )
    )
    assert [one.longer_parts for one in found] == [
        (),
        (),
        (("b=50", 19), ("b=400", 19)),
    ]


def test_halves_of_one_stack_lack_each_other():
    found = assemble(
        files(*stack(range(9), b_value=0.0), *stack(range(9, 19), b_value=800.0))
    )
    assert [one.longer_parts for one in found] == [(("b=800", 10),), (("b=0", 9),)]


def test_a_whole_stack_beside_other_planes_lacks_nothing():
    coronal = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
    found = assemble(files(*stack(range(5)), *stack(range(1), orientation=coronal)))
    assert [one.longer_parts for one in found] == [(), ()]


def test_repeated_stacks_are_numbered():
    found = assemble(
        files(
            *stack(range(3), temporal_position=4, b_value=0.0),
            *stack(range(3), temporal_position=7, b_value=0.0),
            *stack(range(3), b_value=800.0),
        )
    )
    assert [(one.part, one.phase, one.phases) for one in found] == [
        ("b=0,t=4", 1, 2),
        ("b=0,t=7", 2, 2),
        ("b=800", 1, 1),
    ]


def test_a_screenshot_within_a_series_is_a_series_of_its_own():
    shot = dataclasses.replace(HEADER, sop_class="1.2.840.10008.5.1.4.1.1.7")
    found = assemble(files(*stack(range(3))) + files(image(6.0), header=shot))
    assert sorted(len(one.frames) for one in found) == [1, 3]
