"""One picture of each kind: the middle slice of one series, as a radiologist views it.

Only here pixels are read, of one series of each kind.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import SimpleITK as sitk

from pipelines.canonical import orientation
from pipelines.drafting.kinds import Kind
from pipelines.drafting.overview import vendor_of
from pipelines.drafting.picture_sheet import Picture
from pipelines.errors import StudyError
from pipelines.ingestion.study_fault import attempt
from pipelines.readers import nifti, nifti_shells
from pipelines.readers.dicom.scan import read_image
from pipelines.readers.nifti_table import TableRow
from pipelines.tasks.sequence import Plane

_TRIES = 3  # of a kind, before it goes without a picture


def of_kinds(kinds: Sequence[Kind]) -> list[Picture]:
    """Of DICOM series; a kind of which none of the first few can be read has none."""
    pictures = []
    for kind in kinds:
        named = (
            (
                f"{kind.name}, {vendor_of(member.series)}",
                lambda series=member.series: read_image(series),
                kind.plane,
            )
            for member in kind.members
        )
        pictures += _first(named)
    return pictures


def of_rows(rows: Iterable[TableRow]) -> list[Picture]:
    """Of the sequences of a table of volumes."""
    by_sequence: dict[str, list[TableRow]] = {}
    for row in rows:
        by_sequence.setdefault(row.sequence, []).append(row)
    pictures = []
    for name, group in by_sequence.items():
        named = (
            (
                name,
                lambda row=row: nifti_shells.read(
                    row.path, frame=row.frame, b_value=row.b_value
                ),
                _plane_of(row),
            )
            for row in group
        )
        pictures += _first(named)
    return pictures


def _plane_of(row: TableRow) -> str:
    header = attempt(lambda: nifti.header(row.path))
    return "" if isinstance(header, StudyError) else header.plane


def _first(named: Iterable[tuple[str, Callable, str]]) -> Iterator[Picture]:
    """The first that can be read, as a picture."""
    for caption, read, plane in islice(named, _TRIES):
        image = attempt(read)
        if not isinstance(image, StudyError):
            yield _picture(caption, image, plane)
            return


def _picture(caption: str, image: sitk.Image, plane: str) -> Picture:
    """Head or front up, the patient's right on the left; in the plane of its slices."""
    view: Plane = plane if plane in ("sagittal", "coronal") else "axial"
    turned = orientation.express(image, orientation.frame_of(image, view))
    slices = sitk.GetArrayViewFromImage(turned)
    across, down, _ = turned.GetSpacing()
    return Picture(
        caption=f"{caption}\n{plane or 'plane unknown'}, {len(slices)} slices",
        pixels=np.array(slices[len(slices) // 2], dtype=np.float64),
        aspect=down / across,
    )
