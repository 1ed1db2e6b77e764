"""Writes phantom patients as DICOM MR images, explicit VR little endian.

Classic ones (PS3.3, A.4), enhanced ones (A.36) or, of Siemens, mosaics.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from pipelines.phantoms import enhanced, gradients, mosaic, vendors
from pipelines.phantoms.examination import Acquired, Part, Patient

_IMPLEMENTATION = "2.25.176294351871964730180417301842958573291"
_MAGNITUDE = {"siemens": ("M", "ND"), "ge": ("OTHER",), "philips": ("M_SE", "M", "SE")}


def uid(*parts: object) -> str:
    """A UID of the 2.25 root (PS3.5 B.2) that the parts determine."""
    text = "/".join(str(part) for part in parts)
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, text).int}"


def write_patient(patient: Patient, directory: Path) -> int:
    """Writes `directory/<patient>/<study>/<series>/<file>`.

    Returns:
        The number of files.
    """
    study = directory / patient.patient_id / f"study-{patient.study_day}"
    count = 0
    for acquired in patient.series:
        name = patient.scanner.vendor.descriptions[acquired.protocol.name]
        words = "".join(c if c.isalnum() else "_" for c in name)
        folder = study / f"{acquired.number:02d}_{words}"
        folder.mkdir(parents=True)
        count += _write_series(patient, acquired, folder)
    return count


def _write_series(patient: Patient, acquired: Acquired, folder: Path) -> int:
    vendor, number = patient.scanner.vendor, 0
    for number, image in enumerate(_images(patient, acquired), start=1):
        image.InstanceNumber = number
        image.SOPInstanceUID = uid(patient.root, acquired.number, number)
        image.file_meta = _file_meta(image)
        name = vendor.file_name.format(number=number)
        image.save_as(folder / name, enforce_file_format=True)
    return number


def _images(patient: Patient, acquired: Acquired) -> Iterator[Dataset]:
    """The images of a series, one a file."""
    vendor = patient.scanner.vendor
    directions = bool(acquired.protocol.directions)
    if patient.form == "enhanced":
        yield from _enhanced(patient, acquired)
    elif patient.form == "mosaic" and directions and vendor is vendors.SIEMENS:
        yield from _mosaics(patient, acquired)
    else:
        for part, index, image in _slices(patient, acquired):
            _set_pixels(image, part.stored.pixels[index], part.stored, vendor)
            yield image


def _slices(patient: Patient, acquired: Acquired) -> Iterator[enhanced.Picture]:
    """Classic images without their pixels."""
    for volume, part in enumerate(acquired.parts):
        order = range(part.stack.shape[0])
        for index in reversed(order) if acquired.reverse else order:
            image = _patient_and_study(patient)
            _add_series(image, patient, acquired, part)
            _add_weighting(image, patient.scanner.vendor, acquired, volume, slices=0)
            _set_plane(image, part, index)
            yield part, index, image


def _enhanced(patient: Patient, acquired: Acquired) -> Iterator[Dataset]:
    """One object of all pictures of a matrix."""
    vendor, stored = patient.scanner.vendor, acquired.parts[0].stored
    matrices: dict[tuple[int, int], list[enhanced.Picture]] = {}
    for picture in _slices(patient, acquired):
        matrices.setdefault(picture[0].stack.shape[1:], []).append(picture)
    for pictures in matrices.values():
        image = _patient_and_study(patient)
        _add_series(image, patient, acquired, None)
        _set_pixels(image, enhanced.pixels(pictures), stored, vendor)
        yield enhanced.enhanced(image, pictures, vendor)


def _mosaics(patient: Patient, acquired: Acquired) -> Iterator[Dataset]:
    vendor = patient.scanner.vendor
    for volume, part in enumerate(acquired.parts):
        image = _patient_and_study(patient)
        _add_series(image, patient, acquired, part)
        _add_weighting(image, vendor, acquired, volume, slices=len(part.stored.pixels))
        _set_plane(image, part, 0)
        position_mm = mosaic.position_mm(part.stack)
        image.ImagePositionPatient = [round(value, 6) for value in position_mm]
        image.AcquisitionNumber = volume + 1
        image.ImageType = [*image.ImageType, "MOSAIC"]
        _set_pixels(image, mosaic.tiled(part.stored.pixels), part.stored, vendor)
        yield image


def _file_meta(image: Dataset) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = image.SOPClassUID
    meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION
    meta.ImplementationVersionName = "MRI_VOLUME_ZOO"
    return meta


def _patient_and_study(patient: Patient) -> Dataset:
    image = Dataset()
    image.SpecificCharacterSet = "ISO_IR 100"
    image.SOPClassUID = MRImageStorage
    image.PatientName = f"Phantom^Invented {patient.patient_id[-4:]}"
    image.PatientID = patient.patient_id
    image.PatientBirthDate = patient.birth_day
    image.PatientSex = patient.sex
    image.PatientAge = f"{patient.age_years:03d}Y"
    image.StudyInstanceUID = uid(patient.root)
    image.StudyID = "1"
    image.StudyDate = image.SeriesDate = image.AcquisitionDate = patient.study_day
    image.StudyTime = image.SeriesTime = image.AcquisitionTime = "120000"
    image.ContentDate, image.ContentTime = patient.study_day, "120000"
    image.AccessionNumber = f"ACC{uid(patient.root)[-10:]}"
    image.ReferringPhysicianName = "Invented^Doctor"
    image.StudyDescription = "Synthetic phantom"
    image.BodyPartExamined = "ABDOMEN"
    image.PatientPosition = "HFS"
    return image


def _add_series(
    image: Dataset, patient: Patient, acquired: Acquired, part: Part | None
) -> None:
    """What all images of a series have alike, and of a part its b-value."""
    scanner, protocol = patient.scanner, acquired.protocol
    vendor = scanner.vendor
    image.Modality = "MR"
    image.SeriesInstanceUID = uid(patient.root, acquired.number)
    image.SeriesNumber = acquired.number
    image.SeriesDescription = vendor.descriptions[protocol.name]
    image.ProtocolName = vendor.descriptions[protocol.name]
    image.FrameOfReferenceUID = uid(patient.root, "frame")
    image.PositionReferenceIndicator = ""
    image.Manufacturer = vendor.manufacturer
    image.ManufacturerModelName = vendor.model
    image.InstitutionName = scanner.institution
    image.DeviceSerialNumber = scanner.serial_number
    image.SoftwareVersions = "phantom 1"
    image.MagneticFieldStrength = scanner.field_strength_t
    image.ImageType = _image_type(vendor, protocol.name)
    diffusion = bool(protocol.b_values) or protocol.diffusion_map
    echo = "GR" if protocol.name == "LOCALIZER" else "SE"
    image.ScanningSequence = "EP" if diffusion else echo
    image.SequenceVariant = "SK"
    image.ScanOptions = list(vendor.scan_options.get(protocol.name, ()))
    image.MRAcquisitionType = "2D"
    image.EchoTime = protocol.echo_time_ms
    image.EchoTrainLength = 15 if protocol.name.startswith("T2") else 1
    image.RepetitionTime = protocol.repetition_time_ms
    if part is None or protocol.directions:
        return
    b_value = part.b_value
    if protocol.diffusion_map:
        b_value = 800
    name = vendor.sequence_names.get(protocol.name)
    if name:
        image.SequenceName = name.format(b=b_value)
    for element in vendors.diffusion(vendor, b_value, protocol.diffusion_map):
        image.add_new(element.tag, element.representation, element.value)


def _add_weighting(
    image: Dataset,
    vendor: vendors.Vendor,
    acquired: Acquired,
    volume: int,
    *,
    slices: int,
) -> None:
    """The gradient of a part of a protocol with directions."""
    if not acquired.protocol.directions:
        return
    part = acquired.parts[volume]
    weighting = part.weighting
    if weighting.direction is not None:
        number = acquired.protocol.directions.index(weighting.direction) + 1
    else:
        number = 0
    image.ImageType = gradients.image_type(vendor, weighting)
    name = gradients.sequence_name(vendor, weighting, number)
    if name:
        image.SequenceName = name
    for element in gradients.elements(vendor, weighting, part.stack, slices):
        image.add_new(element.tag, element.representation, element.value)


def _image_type(vendor: vendors.Vendor, protocol: str) -> list[str]:
    if protocol == "ADC":
        return ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"]
    if protocol == "DWI" and vendor is vendors.SIEMENS:
        return ["DERIVED", "PRIMARY", "DIFFUSION", "TRACEW"]
    return ["ORIGINAL", "PRIMARY", *_MAGNITUDE[vendor.name]]


def _set_plane(image: Dataset, part: Part, index: int) -> None:
    stack = part.stack
    position = stack.position_mm(index)
    image.AcquisitionNumber = 1
    image.ImagePositionPatient = [round(value, 6) for value in position]
    image.ImageOrientationPatient = [
        round(value, 9) for value in (*stack.row_direction, *stack.column_direction)
    ]
    image.SliceLocation = round(float(np.dot(position, stack.normal)), 6)
    image.PixelSpacing = list(stack.spacing_mm[1:])
    image.SliceThickness = stack.thickness_mm
    image.SpacingBetweenSlices = stack.spacing_mm[0]


def _set_pixels(
    image: Dataset, pixels: np.ndarray, stored: vendors.Stored, vendor: vendors.Vendor
) -> None:
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows, image.Columns = pixels.shape[-2:]
    image.BitsAllocated = 16
    image.BitsStored = vendor.bits_stored
    image.HighBit = vendor.bits_stored - 1
    image.PixelRepresentation = int(vendor.signed)
    if stored.slope is not None:
        image.RescaleIntercept, image.RescaleSlope = 0, stored.slope
        image.RescaleType = "US"
    image.add_new(
        "PixelData", "OW", pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    )
