"""Mutated DICOM series, and what pydicom and SimpleITK make of the same files."""

import random
import shutil
import warnings
from pathlib import Path

import fuzz_dicom_readers as readers
import numpy as np
import SimpleITK as sitk
from fuzz_dicom_mutations import KINDS, mutate
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
_FAR = 0.06  # of the slice distance: the reader takes slices as even within 0.05


class Subject:
    """Series of a few small files, one a slice.

    Args:
        folder: to work in; its own.
    """

    mutations = KINDS

    def __init__(self, folder: Path):
        self._folder = folder / "mutated"
        self._series = self.sources(folder / "phantom")

    @staticmethod
    def sources(folder: Path) -> list[list[bytes]]:
        """The files of each series."""
        plan = Plan(
            patients=2, sequences=("T2WI", "DWI"), slices=(4, 5), matrix=(16, 20)
        )
        cohort.write(folder, plan=plan)
        series = [
            [Path(path).read_bytes() for path in sorted({f.path for f in one.frames})]
            for one in scan_dicom.scan(folder / "dicom").series
        ]
        shipped = [get_testdata_file(name, download=False) for name in _SHIPPED]
        return series + [[Path(path).read_bytes()] for path in shipped if path]

    def run(self, source: random.Random) -> tuple[str, str]:
        """One mutated series: what was done, and what came of it."""
        files = {f"{n:02}.dcm": f for n, f in enumerate(source.choice(self._series))}
        times = source.choice((1, 1, 1, 2))
        done = [mutate(source, files, self.mutations) for _ in range(times)]
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        for name, content in files.items():
            (self._folder / name).write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return "+".join(done), outcome(self._folder)


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
        fault = _pixel_fault(frame, values[place]) or _place_fault(frame, image, place)
        if fault:
            return f"slice {place}: {fault}"
    return ""


def _pixel_fault(frame, values: np.ndarray) -> str:
    refused = 0
    for read in (readers.by_pydicom, readers.by_simpleitk):  # where the first disagrees
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


def _place_fault(frame, image: sitk.Image, place: int) -> str:
    columns, rows, _ = image.GetSize()
    first, last = readers.corners(frame, rows, columns)
    near = 0.01 + 4e-3 * np.linalg.norm(last - first) + _FAR * image.GetSpacing()[2]
    for index, wanted in (((0, 0), first), ((columns - 1, rows - 1), last)):
        point = image.TransformContinuousIndexToPhysicalPoint(
            (*map(float, index), place)
        )
        if np.linalg.norm(np.subtract(point, wanted)) > near:
            return f"lies at {np.round(point, 2)}, its header says {wanted}"
    return ""
