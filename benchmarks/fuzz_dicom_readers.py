"""What pydicom, SimpleITK and nibabel make of one image plane of a DICOM file."""

import numpy as np
import pydicom
import SimpleITK as sitk
from nibabel.nicom import csareader
from nibabel.nicom.dicomwrappers import MosaicWrapper

from pipelines.readers.dicom.headers import Frame

_GREY = ("MONOCHROME1", "MONOCHROME2")
_GUESSED = {
    (True, True): pydicom.uid.ImplicitVRLittleEndian,
    (False, True): pydicom.uid.ExplicitVRLittleEndian,
    (False, False): pydicom.uid.ExplicitVRBigEndian,
}
_CSA = (0x0029, 0x1010)
Corner = tuple[np.ndarray, np.ndarray]  # of its first and its last voxel, LPS mm


def by_pydicom(frame: Frame) -> np.ndarray:
    """Values `[rows, columns]`, float32, or any error; of a mosaic by nibabel."""
    header = pydicom.dcmread(frame.path, force=True)
    if "TransferSyntaxUID" not in header.file_meta:  # as pydicom read the header
        implicit, little_endian = header.original_encoding
        header.file_meta.TransferSyntaxUID = _GUESSED[implicit, little_endian]
    if "SamplesPerPixel" not in header and header.PhotometricInterpretation in _GREY:
        header.SamplesPerPixel = 1
    pixels = header.pixel_array
    pixels = pixels[frame.index] if pixels.ndim == 3 else pixels
    span = 1 << header.BitsStored  # bits above are no part of the value (PS3.5, 8.1.1)
    lowest = -(span >> 1) if header.PixelRepresentation else 0
    pixels = (pixels.astype(np.int64) - lowest) % span + lowest
    if frame.tile:
        mosaic = _mosaic(header)
        mosaic.get_pixel_array = lambda: pixels
        return mosaic.get_data()[..., frame.tile.number].astype(np.float32)
    rescaled = group(header, frame.index, "PixelValueTransformationSequence")
    slope = float(rescaled.get("RescaleSlope") or 1)
    intercept = float(rescaled.get("RescaleIntercept") or 0)
    return (pixels.astype(np.float64) * slope + intercept).astype(np.float32)


def by_simpleitk(frame: Frame) -> np.ndarray:
    """The same; SimpleITK takes a mosaic for one slice."""
    whole = sitk.GetArrayFromImage(sitk.ReadImage(frame.path))[frame.index]
    if frame.tile:
        across = frame.tile.across
        bands = np.split(whole, across, axis=0)
        tiles = [tile for band in bands for tile in np.split(band, across, axis=1)]
        whole = tiles[frame.tile.number]
    return whole.astype(np.float32)


def corners(frame: Frame, rows: int, columns: int) -> Corner:
    """Where the first and the last voxel of a plane lie, by its header."""
    header = pydicom.dcmread(frame.path, force=True, stop_before_pixels=True)
    if frame.tile:
        affine = _mosaic(header).affine
        ends = (
            [r, c, frame.tile.number, 1] for r, c in ((0, 0), (rows - 1, columns - 1))
        )
        return tuple((affine @ end)[:3] for end in ends)
    position = _numbers(header, frame.index, "PlanePosition", "ImagePositionPatient")
    turned = _numbers(
        header, frame.index, "PlaneOrientation", "ImageOrientationPatient"
    )
    along, down = turned.reshape(2, 3)
    between_rows, between_columns = _numbers(
        header, frame.index, "PixelMeasures", "PixelSpacing"
    )
    last = position + along * between_columns * (columns - 1)
    return position, last + down * between_rows * (rows - 1)


def group(header: pydicom.Dataset, index: int, keyword: str) -> pydicom.Dataset:
    """The functional group of a frame; of a classic image, its header (PS3.3, A.36)."""
    per_frame = header.get("PerFrameFunctionalGroupsSequence")
    if not per_frame:
        return header
    shared = header.get("SharedFunctionalGroupsSequence") or [pydicom.Dataset()]
    for groups in (per_frame[index], shared[0]):
        if groups.get(keyword):
            return groups[keyword].value[0]
    return pydicom.Dataset()


def _numbers(
    header: pydicom.Dataset, index: int, name: str, keyword: str
) -> np.ndarray:
    values = group(header, index, f"{name}Sequence")[keyword].value
    return np.array([float(value) for value in values])


def _mosaic(header: pydicom.Dataset) -> MosaicWrapper:
    """nibabel's reading of a mosaic: voxels `[rows, columns, slices]`.

    It is given the header inside the header, whoever is said to have made that, with
    numbers as such where their type was damaged.
    """
    csa = csareader.read(header[_CSA].value)
    normal = csa["tags"]["SliceNormalVector"]
    normal["items"] = [float(value) for value in normal["items"]]
    return MosaicWrapper(header, csa_header=csa)
