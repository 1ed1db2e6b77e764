"""Mutated DICOM series, and what pydicom and SimpleITK make of the same files."""

import copy
import random
import shutil
import warnings
from pathlib import Path

import fuzz_mutations as mutations
import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.data import get_testdata_file

from pipelines.errors import StudyError
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan as scan_dicom

_SHIPPED = (  # in pydicom's own test data
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
)
_LIES = {
    "Rows": (0, 1, 15, 17, 64, 65535),
    "Columns": (0, 1, 15, 17, 64, 65535),
    "BitsAllocated": (1, 8, 12, 16, 32, 64),
    "BitsStored": (0, 8, 10, 15, 16, 32),
    "HighBit": (0, 7, 9, 11, 16, 31),
    "PixelRepresentation": (0, 1, 2),
    "SamplesPerPixel": (0, 1, 3),
    "NumberOfFrames": ("0", "1", "2", "5", "-1", "99999"),
    "PhotometricInterpretation": ("MONOCHROME1", "RGB", "PALETTE COLOR", ""),
    "RescaleSlope": ("0", "2", "-1", "1e30", "1e-12"),
    "RescaleIntercept": ("-1024", "7.5", "1e30"),
    "PixelSpacing": (["0", "0"], ["1"], ["-1", "1"], ["3", "0.5"], ["1e9", "1e9"]),
    "ImagePositionPatient": (["0", "0", "0"], ["1", "2"], ["1e12", "0", "0"]),
    "ImageOrientationPatient": (
        ["1", "0", "0", "0", "0", "-1"],
        ["1", "0", "0", "1", "0", "0"],
        ["0"] * 6,
        ["1", "0", "0"],
    ),
    "SliceThickness": ("0", "-5", "", "1e9"),
    "InstanceNumber": ("1", "", "99"),
    "Modality": ("CT", "SEG", ""),
    "SOPInstanceUID": ("1.2.3",),
    "SeriesInstanceUID": ("1.2.3", ""),
    "StudyInstanceUID": ("1.2.3", ""),
}
_GREY = ("MONOCHROME1", "MONOCHROME2")
_GUESSED = {
    (True, True): pydicom.uid.ImplicitVRLittleEndian,
    (False, True): pydicom.uid.ExplicitVRLittleEndian,
    (False, False): pydicom.uid.ExplicitVRBigEndian,
}
_HEADER_BYTES = 1500
_FAR = 0.06  # of the slice distance: the reader takes slices as even within 0.05


class Subject:
    """Series of a few small files.

    Args:
        folder: to work in; its own.
    """

    def __init__(self, folder: Path):
        self._folder = folder / "mutated"
        source = folder / "phantom"
        plan = Plan(
            patients=2, sequences=("T2WI", "DWI"), slices=(4, 5), matrix=(16, 20)
        )
        cohort.write(source, plan=plan)
        self._series = [
            [Path(path).read_bytes() for path in sorted({f.path for f in one.frames})]
            for one in scan_dicom.scan(source / "dicom").series
        ]
        shipped = [get_testdata_file(name, download=False) for name in _SHIPPED]
        self._series += [[Path(path).read_bytes()] for path in shipped if path]

    def run(self, source: random.Random) -> tuple[str, str]:
        """One mutated series: what was done, and what came of it."""
        files = {f"{n:02}.dcm": f for n, f in enumerate(source.choice(self._series))}
        done = [_mutate(source, files) for _ in range(source.choice((1, 1, 1, 2)))]
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        for name, content in files.items():
            (self._folder / name).write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return "+".join(done), outcome(self._folder)


def _mutate(source: random.Random, files: dict[str, bytes]) -> str:
    """Changes `files` by one mutation; its name."""
    name = source.choice([*files])
    other = files[source.choice([*files])]
    content = files[name]
    match source.choice(
        ("flip", "cut", "drop", "double", "swap", "lie", "lose", "piece")
    ):
        case "flip":
            files[name] = mutations.flipped(source, content, first=_HEADER_BYTES)
            return "bytes flipped"
        case "cut":
            files[name] = mutations.truncated(source, content)
            return "truncated"
        case "piece":
            change = source.choice((mutations.dropped, mutations.doubled))
            files[name] = change(source, content)
            return "a piece dropped or doubled"
        case "lose" if len(files) > 1:
            del files[name]
            return "a file lost"
        case "double":
            files[f"again-{name}"] = _edited(source, content, _renamed)
            return "a file doubled"
        case "swap":
            changed = _edited(source, content, lambda s, d: _taken(s, d, other))
            files[name] = changed
            return "a tag swapped"
        case "lie":
            files[name] = _edited(source, content, _lied)
            return "a tag lies"
    files[name] = _edited(source, content, _less)
    return "a tag dropped"


def _edited(source, content, change) -> bytes:
    """A file with its header changed; flipped where it is no longer one."""
    from io import BytesIO

    try:
        header = pydicom.dcmread(BytesIO(content), force=True)
        change(source, header)
        written = BytesIO()
        header.save_as(written, enforce_file_format=False)
    except Exception:  # pydicom refuses in many ways what was mutated before
        return mutations.flipped(source, content)
    return written.getvalue()


def _renamed(source: random.Random, header: pydicom.Dataset) -> None:
    if source.random() < 0.5:
        header.SOPInstanceUID = "1.2.3.4"


def _taken(source: random.Random, header: pydicom.Dataset, other: bytes) -> None:
    from io import BytesIO

    giver = pydicom.dcmread(BytesIO(other), force=True)
    tags = sorted(giver.keys())
    if source.random() < 0.7:
        tags = [tag for tag in tags if tag.group in (0x18, 0x20, 0x28)] or tags
    tag = source.choice(tags)
    header[tag] = copy.deepcopy(giver[tag])


def _lied(source: random.Random, header: pydicom.Dataset) -> None:
    keyword = source.choice([*_LIES])
    setattr(header, keyword, source.choice(_LIES[keyword]))


def _less(source: random.Random, header: pydicom.Dataset) -> None:
    del header[source.choice(sorted(header.keys()))]


def outcome(folder: Path) -> str:
    """What the readers make of a folder: equal, rejected, or wrong."""
    scan = scan_dicom.scan(folder)
    counted = sum(scan.ignored.values()) + len(scan.faults)
    held = {frame.path for series in scan.series for frame in series.frames}
    files = len([*folder.iterdir()])
    if len(held) + counted < files:
        return f"WRONG: {files - counted - len(held)} files vanished"
    verdicts = []
    for series in scan.series:
        try:
            image = scan_dicom.read_image(series)
        except StudyError as error:
            verdicts.append(f"rejected: {error.code}")
            continue
        fault = difference(series, image)
        if fault:
            return f"WRONG: {fault}"
        verdicts.append("equal")
    verdicts += [f"rejected: {fault.error.code}" for fault in scan.faults]
    verdicts += [f"ignored: {why}" for why in scan.ignored]
    return min(verdicts, default="rejected: nothing there")


def difference(series, image: sitk.Image) -> str:
    """How an image differs from what the other readers say of its files; "" = not."""
    values = sitk.GetArrayViewFromImage(image)
    if len(values) != len(series.frames):
        return f"{len(values)} slices of {len(series.frames)} frames"
    for place, frame in enumerate(series.frames):
        fault = _pixel_fault(frame, values[place])
        if not fault:
            header = pydicom.dcmread(frame.path, force=True, stop_before_pixels=True)
            fault = _place_fault(header, image, place)
        if fault:
            return f"slice {place}: {fault}"
    return ""


def _pixel_fault(frame, values: np.ndarray) -> str:
    refused = 0
    for read in (_by_pydicom, _by_simpleitk):  # the second where the first disagrees
        try:
            told = read(frame)
        except Exception:  # a reader that refuses says nothing
            refused += 1
            continue
        if told.shape == values.shape and np.allclose(values, told, rtol=1e-5):
            return ""
    if refused == 2:
        return "neither pydicom nor SimpleITK reads its pixels"
    return "other values than pydicom's and SimpleITK's"


def _by_pydicom(frame) -> np.ndarray:
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
    slope = float(header.get("RescaleSlope") or 1)
    intercept = float(header.get("RescaleIntercept") or 0)
    return (pixels.astype(np.float64) * slope + intercept).astype(np.float32)


def _by_simpleitk(frame) -> np.ndarray:
    image = sitk.ReadImage(frame.path)
    return sitk.GetArrayFromImage(image)[frame.index].astype(np.float32)


def _place_fault(header: pydicom.Dataset, image: sitk.Image, place: int) -> str:
    columns, rows, _ = image.GetSize()
    position = np.array([float(v) for v in header.ImagePositionPatient])
    along, down = np.array([float(v) for v in header.ImageOrientationPatient]).reshape(
        2, 3
    )
    between_rows, between_columns = (float(v) for v in header.PixelSpacing)
    corner = position + along * between_columns * (columns - 1)
    corner += down * between_rows * (rows - 1)
    reach = np.linalg.norm(corner - position)
    near = 0.01 + 4e-3 * reach + _FAR * image.GetSpacing()[2]
    for index, wanted in (((0, 0), position), ((columns - 1, rows - 1), corner)):
        point = image.TransformContinuousIndexToPhysicalPoint(
            (*map(float, index), place)
        )
        if np.linalg.norm(np.subtract(point, wanted)) > near:
            return f"lies at {np.round(point, 2)}, its header says {wanted}"
    return ""
