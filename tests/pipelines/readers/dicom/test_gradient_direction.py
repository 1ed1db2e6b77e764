"""Gradient directions of every vendor's habit, and images by them."""

import struct

import pytest
from pydicom.dataset import Dataset

from pipelines.readers.dicom.b_value import b_value
from pipelines.readers.dicom.gradient_direction import (
    by_direction,
    gradient,
    gradient_of_groups,
)
from pipelines.readers.dicom.headers import Frame
from pipelines.readers.diffusion.gradient import Gradient
from tests.pipelines.readers.dicom_files import nested

NONE, TRACE = Gradient(kind="none"), Gradient(kind="isotropic")


def towards(*vector):
    return Gradient(kind="directional", vector=vector)


def header(manufacturer="", **tags):
    dataset = Dataset()
    dataset.Manufacturer = manufacturer
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    return dataset


def ge(vector, axis=None):
    dataset = header("GE MEDICAL SYSTEMS")
    dataset.add_new((0x19, 0x10), "LO", "GEMS_ACQU_01")
    dataset.add_new((0x43, 0x10), "LO", "GEMS_PARM_01")
    for number, value in enumerate(vector):
        dataset.add_new((0x19, 0x10BB + number), "DS", str(value))
    if axis is not None:
        dataset.add_new((0x43, 0x1030), "SS", axis)
    return dataset


def philips(vector, word="S", kind="FL"):
    dataset = header("Philips Medical Systems")
    dataset.add_new((0x2001, 0x10), "LO", "Philips Imaging DD 001")
    dataset.add_new((0x2001, 0x1004), "CS", word)
    dataset.add_new((0x2005, 0x10), "LO", "Philips MR Imaging DD 001")
    for number, value in enumerate(vector):
        value = struct.pack("<f", value) if kind == "UN" else value
        dataset.add_new((0x2005, 0x10B0 + number), kind, value)
    return dataset


def siemens(vector=None, stated="", **tags):
    dataset = header("SIEMENS", **tags)
    dataset.add_new((0x19, 0x10), "LO", "SIEMENS MR HEADER")
    if stated:
        dataset.add_new((0x19, 0x100D), "CS", stated)
    if vector:
        dataset.add_new((0x19, 0x100E), "FD", list(vector))
    return dataset


def standard(stated, vector=None):
    dataset = header(DiffusionDirectionality=stated)
    if vector:
        dataset.DiffusionGradientOrientation = list(vector)
    return dataset


@pytest.mark.parametrize(
    ("elements", "wanted"),
    [
        (standard("DIRECTIONAL", (0, 0.6, 0.8)), towards(0, 0.6, 0.8)),
        (standard("BMATRIX", (0, 0.6, 0.8)), towards(0, 0.6, 0.8)),
        (standard("ISOTROPIC"), TRACE),
        (standard("ISOTROPIC", (0, 0.6, 0.8)), TRACE),
        (standard("DIRECTIONAL", (0, 0, 0)), TRACE),
        (standard("DIRECTIONAL"), Gradient(kind="directional")),
        (standard("NONE"), None),
        (siemens((0, 0.6, 0.8), "DIRECTIONAL"), towards(0, 0.6, 0.8)),
        (siemens(ImageType=["DERIVED", "PRIMARY", "DIFFUSION", "TRACEW"]), TRACE),
        (siemens(SequenceName="*ep_b800t"), TRACE),
        (
            siemens(SequenceName="*ep_b800#12"),
            Gradient(kind="directional", number=12),
        ),
        (siemens(SequenceName="*ep_b800"), None),
        (ge((0, 0.6, 0.8)), towards(0, 0.6, 0.8)),
        (ge((0, 0, 0)), TRACE),
        (ge((0, 0, 0), axis=15), TRACE),
        (ge((0, 0, 0), axis=4), Gradient(kind="directional", number=4)),
        (philips((0, 0.6, 0.8)), towards(0, *map(pytest.approx, (0.6, 0.8)))),
        (
            philips((0, 0.6, 0.8), kind="UN"),
            towards(0, *map(pytest.approx, (0.6, 0.8))),
        ),
        (philips((0, 0, 0)), TRACE),
        (philips((0, 0.6, 0.8), word="I"), TRACE),
        (header(), None),
    ],
)
def test_at_a_b_value(elements, wanted):
    assert gradient(elements, 800) == wanted


@pytest.mark.parametrize("b_value", [0, 0.004])
def test_none_at_b_0_whatever_the_header_says(b_value):
    assert gradient(standard("DIRECTIONAL", (0, 0.6, 0.8)), b_value) == NONE


def test_not_asked_without_a_b_value():
    assert gradient(standard("ISOTROPIC"), None) is None


def test_elements_of_another_vendor_are_not_read():
    elements = ge((0, 0.6, 0.8))
    elements.Manufacturer = "SIEMENS"
    assert gradient(elements, 800) is None


def test_creators_lost_but_manufacturer_known():
    elements = ge((0, 0.6, 0.8))
    del elements[0x19, 0x10]
    assert gradient(elements, 800) == towards(0, 0.6, 0.8)


def test_functional_groups():
    vector = nested(DiffusionGradientOrientation=[0.0, 0.6, 0.8])
    diffusion = header(
        DiffusionDirectionality="DIRECTIONAL", DiffusionGradientDirectionSequence=vector
    )
    assert gradient_of_groups(diffusion, {}, 800, ()) == towards(0, 0.6, 0.8)
    assert gradient_of_groups(diffusion, {}, 0, ()) == NONE
    assert gradient_of_groups(diffusion, {}, None, ()) is None
    assert gradient_of_groups(diffusion, {}, 800, ("DERIVED", "TRACEW")) == TRACE
    trace = header(DiffusionDirectionality="ISOTROPIC")
    assert gradient_of_groups(trace, {}, 800, ()) == TRACE


def test_functional_groups_of_philips_alone():
    private = philips((0, 0, 1), word="S")
    private.add_new((0x2001, 0x1003), "FL", 600.0)
    del private.Manufacturer
    assert b_value(private) == 600
    assert gradient_of_groups({}, private, 600, ()) == towards(0, 0, 1)


def members(*gradients):
    return [
        (None, Frame(path=str(i), rows=1, columns=1, gradient=one))
        for i, one in enumerate(gradients)
    ]


def labelled(*gradients):
    groups = by_direction(members(*gradients))
    return {label: [frame.path for _, frame in group] for label, group in groups}


def test_images_by_direction():
    found = labelled(towards(0, 0, 1), TRACE, towards(0, 1, 0), towards(0, 0, 1), None)
    assert found == {"dir=unknown": ["4"], "dir=1": ["0", "3"], "dir=2": ["2"]} | {
        "dir=trace": ["1"]
    }


def test_numbers_do_not_follow_the_order_of_the_images():
    gradients = [towards(0, 0, 1), towards(0, 1, 0), towards(1, 0, 0)]
    forwards, backwards = labelled(*gradients), labelled(*gradients[::-1])
    assert forwards == {"dir=1": ["0"], "dir=2": ["1"], "dir=3": ["2"]}
    assert backwards == {"dir=1": ["2"], "dir=2": ["1"], "dir=3": ["0"]}


def test_directions_within_a_degree_are_one():
    assert [*labelled(towards(0, 0, 1), towards(0, 0.01, 0.99995))] == ["dir=1"]
    assert len(labelled(towards(0, 0, 1), towards(0, 0.03, 0.9995))) == 2


def test_opposite_directions_are_two():
    assert len(labelled(towards(0, 0, 1), towards(0, 0, -1))) == 2


def test_directions_that_have_but_a_number():
    numbers = [Gradient(kind="directional", number=n) for n in (12, 3)]
    assert labelled(*numbers) == {"dir=1": ["1"], "dir=2": ["0"]}
