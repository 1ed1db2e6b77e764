"""Small DICOM files that the tests of the readers write, and pydicom's own."""

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    EnhancedMRImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    generate_uid,
)

from pipelines.readers.dicom import scan

STUDY, SERIES = "1.2.826.0.1.3680043.8.498.1", "1.2.826.0.1.3680043.8.498.2"
# Tilted: rows run left and a little to posterior, no axis of the patient is an axis.
ROW = np.asarray([0.96, 0.28, 0.0])
COLUMN = np.asarray([-0.168, 0.576, -0.8])
NORMAL = np.cross(ROW, COLUMN)
ORIGIN = np.asarray([-20.0, 11.5, 7.25])


def phantom(slices=5, rows=6, columns=7, seed=3):
    """Values `[slices, rows, columns]` no two of which are alike: flips show."""
    values = np.random.default_rng(seed).permutation(slices * rows * columns)
    return values.reshape(slices, rows, columns).astype(np.uint16)


def header(**tags):
    """Attributes of a study; `tags` replace or add, None takes away."""
    dataset = Dataset()
    stated = {
        "PatientID": "P1",
        "StudyInstanceUID": STUDY,
        "SeriesInstanceUID": SERIES,
        "SeriesNumber": 4,
        "SeriesDescription": "t2_tse_tra",
        "Modality": "MR",
        "ImageType": ["ORIGINAL", "PRIMARY", "M"],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        **tags,
    }
    for keyword, value in stated.items():
        if value is not None:
            setattr(dataset, keyword, value)
    return dataset


def save(dataset, path, *, kind=MRImageStorage, syntax=ExplicitVRLittleEndian):
    """Writes a whole file with preamble and file meta information."""
    dataset.SOPClassUID = kind
    dataset.SOPInstanceUID = generate_uid()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)
    return path


def set_pixels(dataset, values):
    """Stores `[rows, columns]` or `[frames, rows, columns]`."""
    dataset.Rows, dataset.Columns = values.shape[-2:]
    dataset.BitsAllocated = dataset.BitsStored = 8 * values.dtype.itemsize
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    content = values.astype(values.dtype.newbyteorder("<")).tobytes()
    dataset.PixelData = content + b"\0" * (len(content) % 2)
    dataset["PixelData"].VR = "OB" if values.dtype.itemsize == 1 else "OW"


def write_slice(path, values, *, position_mm=ORIGIN, **tags):
    """One classic MR image."""
    dataset = header(
        **{
            "ImageOrientationPatient": [*ROW, *COLUMN],
            "ImagePositionPatient": list(np.round(position_mm, 6)),
            "PixelSpacing": [1.5, 0.75],
            "SliceThickness": 3.0,
            "InstanceNumber": 1,
            **tags,
        }
    )
    set_pixels(dataset, values)
    return save(dataset, path)


def write_stack(folder, volume, *, distance_mm=3.0, name="im", **tags):
    """Slices 3 mm apart, their names and InstanceNumbers against the order."""
    return [
        write_slice(
            folder / f"{name}{len(volume) - i:03d}",
            plane,
            position_mm=ORIGIN + i * distance_mm * NORMAL,
            **{"InstanceNumber": (7 * i) % len(volume) + 1, **tags},
        )
        for i, plane in enumerate(volume)
    ]


def nested(**tags):
    """A sequence of one item."""
    item = Dataset()
    for keyword, value in tags.items():
        setattr(item, keyword, value)
    return Sequence([item])


def frame_groups(position_mm, **groups):
    """Functional groups of a frame; `groups` are sequences by keyword."""
    item = Dataset()
    item.PlanePositionSequence = nested(
        ImagePositionPatient=list(np.round(position_mm, 6))
    )
    for keyword, sequence in groups.items():
        setattr(item, keyword, sequence)
    return item


def write_enhanced(path, volume, frames, **tags):
    """An enhanced MR object of `volume` `[frames, rows, columns]` and their groups."""
    dataset = header(**tags)
    shared = Dataset()
    shared.PlaneOrientationSequence = nested(ImageOrientationPatient=[*ROW, *COLUMN])
    shared.PixelMeasuresSequence = nested(PixelSpacing=[1.5, 0.75], SliceThickness=3.0)
    shared.MRTimingAndRelatedParametersSequence = nested(RepetitionTime=2500.0)
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    dataset.PerFrameFunctionalGroupsSequence = Sequence(frames)
    dataset.NumberOfFrames = len(volume)
    set_pixels(dataset, volume)
    return save(dataset, path, kind=EnhancedMRImageStorage)


def package_file(name):
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"pydicom came without {name}")
    return path


def only_series(folder):
    (series,) = scan.scan(folder).series
    return series


def read(folder):
    return scan.read_image(only_series(folder))
