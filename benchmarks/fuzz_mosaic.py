"""Mutated Siemens mosaics, and what nibabel makes of them; see `fuzz_dicom`."""

import io
from pathlib import Path

import fuzz_dicom
import pydicom
from fuzz_dicom_mutations import KINDS
from fuzz_enhanced import of_form


class Subject(fuzz_dicom.Subject):
    """A diffusion series with a file a volume, all slices in one picture."""

    mutations = (*KINDS, "csa", "csa", "csa")

    @staticmethod
    def sources(folder: Path) -> list[list[bytes]]:
        """The first file of each series, and the first three."""
        every = of_form(folder, "mosaic", ("DTI",))
        series = [files for files in every if _is_mosaic(files[0])]
        return [files[:1] for files in series] + [files[:3] for files in series]


def _is_mosaic(content: bytes) -> bool:
    return "MOSAIC" in pydicom.dcmread(io.BytesIO(content)).ImageType
