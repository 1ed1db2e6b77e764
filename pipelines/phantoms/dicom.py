"""Writes phantom patients as DICOM MR images, explicit VR little endian.

Classic ones (PS3.3, A.4), enhanced ones (A.36) or, of Siemens, mosaics.
"""

from collections.abc import Iterator
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from pipelines.phantoms import disorder, enhanced, image_headers, mosaic
from pipelines.phantoms.examination import Acquired, Patient

_IMPLEMENTATION = "2.25.176294351871964730180417301842958573291"


def write_patient(patient: Patient, directory: Path) -> int:
    """Writes `directory/<patient>/<study>/<series>/<file>`, or as disorder has it.

    Returns:
        The number of files.
    """
    study = directory / patient.patient_id / f"study-{patient.study_day}"
    count = 0
    for acquired in patient.series:
        name = patient.scanner.vendor.descriptions[acquired.protocol.name]
        words = "".join(c if c.isalnum() else "_" for c in name)
        folder = study / f"{acquired.number:02d}_{words}"
        if patient.disarranged:
            folder = directory
        else:
            folder.mkdir(parents=True)
        count += _write_series(patient, acquired, folder)
    return count


def _write_series(patient: Patient, acquired: Acquired, folder: Path) -> int:
    vendor, number = patient.scanner.vendor, 0
    for number, image in enumerate(_images(patient, acquired), start=1):
        image.InstanceNumber = number
        image.SOPInstanceUID = image_headers.uid(patient.root, acquired.number, number)
        image.file_meta = _file_meta(image)
        name = vendor.file_name.format(number=number)
        if patient.disarranged:
            name = disorder.place(image.SOPInstanceUID)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        image.save_as(folder / name, enforce_file_format=True)
    return number


def _images(patient: Patient, acquired: Acquired) -> Iterator[Dataset]:
    """The images of a series, one a file."""
    vendor = patient.scanner.vendor
    directions = bool(acquired.protocol.directions)
    if patient.form == "enhanced":
        yield from _enhanced(patient, acquired)
    elif patient.form == "mosaic" and directions and vendor.name == "siemens":
        yield from _mosaics(patient, acquired)
    else:
        for part, index, image in _slices(patient, acquired):
            image_headers.set_pixels(
                image, part.stored.pixels[index], part.stored, vendor
            )
            yield image


def _slices(patient: Patient, acquired: Acquired) -> Iterator[enhanced.Picture]:
    """Classic images without their pixels."""
    for volume, part in enumerate(acquired.parts):
        order = range(part.stack.shape[0])
        for index in reversed(order) if acquired.reverse else order:
            image = image_headers.patient_and_study(patient)
            image_headers.add_series(image, patient, acquired, part)
            image_headers.add_weighting(
                image, patient.scanner.vendor, acquired, volume, slices=0
            )
            image_headers.set_plane(image, part, index)
            yield part, index, image


def _enhanced(patient: Patient, acquired: Acquired) -> Iterator[Dataset]:
    """One object of all pictures of a matrix."""
    vendor, stored = patient.scanner.vendor, acquired.parts[0].stored
    matrices: dict[tuple[int, int], list[enhanced.Picture]] = {}
    for picture in _slices(patient, acquired):
        matrices.setdefault(picture[0].stack.shape[1:], []).append(picture)
    for pictures in matrices.values():
        image = image_headers.patient_and_study(patient)
        image_headers.add_series(image, patient, acquired, None)
        image_headers.set_pixels(image, enhanced.pixels(pictures), stored, vendor)
        yield enhanced.enhanced(image, pictures, vendor)


def _mosaics(patient: Patient, acquired: Acquired) -> Iterator[Dataset]:
    vendor = patient.scanner.vendor
    for volume, part in enumerate(acquired.parts):
        image = image_headers.patient_and_study(patient)
        image_headers.add_series(image, patient, acquired, part)
        image_headers.add_weighting(
            image, vendor, acquired, volume, slices=len(part.stored.pixels)
        )
        image_headers.set_plane(image, part, 0)
        position_mm = mosaic.position_mm(part.stack)
        image.ImagePositionPatient = [round(value, 6) for value in position_mm]
        image.AcquisitionNumber = volume + 1
        image.ImageType = [*image.ImageType, "MOSAIC"]
        image_headers.set_pixels(
            image, mosaic.tiled(part.stored.pixels), part.stored, vendor
        )
        yield image


def _file_meta(image: Dataset) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = image.SOPClassUID
    meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION
    meta.ImplementationVersionName = "MRI_VOLUME_ZOO"
    return meta
