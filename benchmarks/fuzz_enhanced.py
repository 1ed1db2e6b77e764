"""Mutated enhanced multi-frame DICOM files; see `fuzz_dicom`."""

from pathlib import Path

import fuzz_dicom
from fuzz_dicom_mutations import KINDS

from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan as scan_dicom


class Subject(fuzz_dicom.Subject):
    """Series of one or more files that hold several frames each, of three vendors."""

    mutations = (*KINDS, "nested", "nested", "nested", "nested")

    @staticmethod
    def sources(folder: Path) -> list[list[bytes]]:
        """The files of each series."""
        return of_form(folder, "enhanced", ("T2WI", "DWI"))


def of_form(folder: Path, form: str, sequences: tuple[str, ...]) -> list[list[bytes]]:
    """The files of each series of a cohort of six patients."""
    plan = Plan(
        patients=6, sequences=sequences, slices=(4, 5), matrix=(16, 20), form=form
    )
    cohort.write(folder, plan=plan)
    paths: dict[str, set[str]] = {}
    for part in scan_dicom.scan(folder / "dicom").series:
        own = paths.setdefault(part.series_uid, set())
        own.update(frame.path for frame in part.frames)
    return [[Path(path).read_bytes() for path in sorted(own)] for own in paths.values()]
