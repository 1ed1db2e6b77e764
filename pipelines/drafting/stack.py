"""Where the slices of a sequence of a study lie, read from headers alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from pipelines.errors import StudyError
from pipelines.readers import nifti
from pipelines.readers.dicom.headers import Series
from pipelines.readers.dicom.series import check

# Which of the patient's axes (left, posterior, superior) slices, rows, columns count.
_AXES = {"axial": (2, 1, 0), "sagittal": (0, 2, 1), "coronal": (1, 2, 0)}


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The slices of one sequence of one study.

    Args:
        plane: axial, sagittal, coronal, oblique or "".
        shape: slices, rows, columns.
        spacing_mm: between slices, rows, columns.
        centre_mm: LPS.
    """

    plane: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    centre_mm: tuple[float, float, float]

    @property
    def extent_mm(self) -> tuple[float, float, float]:
        """From outer edge to outer edge, along slices, rows, columns."""
        return tuple(n * mm for n, mm in zip(self.shape, self.spacing_mm))

    @property
    def patient_extent_mm(self) -> np.ndarray:
        """`[3]` along left, posterior and superior, a tilt left aside."""
        extent = np.zeros(3)
        extent[list(_AXES.get(self.plane, _AXES["axial"]))] = self.extent_mm
        return extent


# Of every study, by sequence.
Stacks = Mapping[str, Mapping[str, Stack]]


def of_series(series: Series) -> Stack | None:
    """The stack of a DICOM series; none where its headers make no volume."""
    try:
        geometry = check(series)
    except StudyError:
        return None
    frame = series.frames[0]
    size = np.array([frame.columns, frame.rows, len(series.frames)])
    spacing = np.array(geometry.spacing_mm)
    turn = np.array(geometry.direction).reshape(3, 3)
    centre = np.array(geometry.origin_mm) + turn @ (spacing * (size - 1) / 2)
    return Stack(
        plane=series.plane,
        shape=tuple(int(n) for n in size[::-1]),
        spacing_mm=tuple(float(mm) for mm in spacing[::-1]),
        centre_mm=tuple(float(mm) for mm in centre),
    )


def of_nifti(path: str) -> Stack | None:
    """The stack of a NIfTI file; none where its header makes no volume."""
    try:
        header = nifti.header(path)
    except StudyError:
        return None
    axis = header.slice_axis
    columns, rows = (n for a, n in enumerate(header.spacing_mm) if a != axis)
    return Stack(
        plane=header.plane,
        shape=(header.slices, *header.matrix),
        spacing_mm=(header.spacing_mm[axis], rows, columns),
        centre_mm=header.centre_mm,
    )


def middle(stacks: Sequence[Stack]) -> tuple[float, float, float]:
    """The median spacing along slices, rows and columns, in mm."""
    return tuple(median(axis) for axis in zip(*(s.spacing_mm for s in stacks)))
