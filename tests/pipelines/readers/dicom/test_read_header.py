"""The walk through a header gives what pydicom gives, or leaves the file to it."""

import dataclasses
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import ImplicitVRLittleEndian

from pipelines.phantoms import dicom
from pipelines.readers.dicom import read_header
from pipelines.readers.dicom.classify_file import Known
from pipelines.readers.dicom.element_walk import LeftToPydicomError
from tests.pipelines.phantoms.diffusion_patients import patient_of
from tests.pipelines.readers.dicom_files import (
    header,
    nested,
    package_file,
    phantom,
    save,
    set_pixels,
    write_slice,
)

# Bytes that mean something where headers are read.
MEANINGFUL = [
    *(b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0", b"SQ", b"UN", b"OB", b"US", b"DS"),
    *(b"IS", b"FD", b"AA", b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\x1b", b"\\"),
    *(b"\xfe\xff\xdd\xe0", b"\xe0\x7f\x10\x00", b"\xe0\x7f\x08\x00", b"1.5", b"\xc3"),
]


def walked(path):
    """What the walk finds; none where it leaves the file."""
    try:
        return read_header._walked(str(path), Known())
    except LeftToPydicomError:
        return None


def by_pydicom(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_header.by_pydicom(str(path), Known())


def check(paths):
    """How many files the walk did not leave; they are as pydicom finds them."""
    count = 0
    for path in paths:
        found = walked(path)
        if found is not None:
            assert repr(found) == repr(by_pydicom(path)), path  # NaN equals NaN so
            count += 1
    return count


def test_files_of_pydicom():
    folder = Path(package_file("MR_small.dcm")).parent
    assert check(path for path in sorted(folder.iterdir()) if path.is_file()) >= 30


def test_real_files(shared_data):
    folders = ("prostatex", "dcm_qa_enh")
    paths = [p for name in folders for p in sorted((shared_data / name).rglob("*"))]
    assert check(path for path in paths if path.is_file()) >= 160


@pytest.mark.parametrize("vendor", ["siemens", "ge", "philips"])
def test_gradients_and_mosaics_are_walked(vendor, tmp_path):
    one = dataclasses.replace(patient_of(vendor), form="mosaic")
    count = dicom.write_patient(one, tmp_path)
    assert check(path for path in tmp_path.rglob("*") if path.is_file()) == count


def test_implicit_representations_and_sequences(tmp_path):
    dataset = header(
        ReferencedImageSequence=nested(ReferencedSOPInstanceUID="1.2", PatientID="not"),
        EchoTime="62.5",
        SequenceName="*ep_b800t",
    )
    set_pixels(dataset, phantom()[0])
    for syntax in (ImplicitVRLittleEndian, "1.2.840.10008.1.2.1"):
        for undefined in (False, True):
            dataset["ReferencedImageSequence"].is_undefined_length = undefined
            for item in dataset.ReferencedImageSequence:
                item.is_undefined_length_sequence_item = undefined
            path = save(dataset, tmp_path / "im", syntax=syntax)
            assert check([path]) == 1
            facts, (frame,) = walked(path)
            assert (facts.patient_id, frame.b_value) == ("P1", 800)


def test_a_header_that_is_longer_than_the_first_look(tmp_path):
    path = write_slice(tmp_path / "im", phantom()[0], TextValue="x" * 20_000)
    assert check([path]) == 1
    path = write_slice(tmp_path / "im", phantom()[0], TextValue="x" * 2_000_000)
    assert check([path]) == 0


@pytest.mark.parametrize(
    "tags",
    [
        {"PatientID": "Müller", "SpecificCharacterSet": "ISO_IR 100"},
        {"SpecificCharacterSet": "ISO_IR 999"},
        {"StudyInstanceUID": None},
        {"Rows": 0},
    ],
)
def test_odd_headers(tags, tmp_path):
    path = write_slice(tmp_path / "im", phantom()[0])
    dataset = dcmread(path)
    for keyword, value in tags.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset.save_as(path)
    check([path])


def originals():
    names = ("MR_small.dcm", "MR_small_implicit.dcm", "MR_small_RLE.dcm")
    return [Path(package_file(name)).read_bytes()[:4000] for name in names]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_files(data, tmp_path_factory):
    content = bytearray(data.draw(st.sampled_from(originals())))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(128, 1500))
        piece = data.draw(st.sampled_from(MEANINGFUL) | st.binary(max_size=4))
        dropped = data.draw(st.sampled_from([len(piece), 0, 1, 2]))
        content[place : place + dropped] = piece
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    check([path])
