"""What kinds of series an export holds, before anybody wrote a task for it."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pipelines.cohort.series_kinds import kinds_of
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.headers import Series
from pipelines.readers.dicom.scan import Scan
from pipelines.storage.executors import Processes
from pipelines.terminal.table import align


def kinds(directory: Path, *, workers: int, progress: bool = False) -> str:
    """Looks through the headers below `directory`, and says what is there.

    For the terminal alone: it holds header text.

    Raises:
        DataError: there is no DICOM image.
    """
    with Processes(workers) as processes:
        scan = scan_dicom.scan(directory, processes=processes, progress=progress)
    if not scan.series:
        raise scan_dicom.no_images(directory, scan.ignored)
    return text(scan)


def text(scan: Scan) -> str:
    """The kinds by how many studies hold each, most frequent first, and the rest."""
    studies: dict[str, list[Series]] = {}
    for series in scan.series:
        studies.setdefault(series.study_uid, []).append(series)
    patients = {series.patient_id for series in scan.series}
    lines = [
        f"{len(scan.series)} series of {len(studies)} studies of {len(patients)} "
        "patients",
        align(_rows(studies.values()), right=(0,)),
    ]
    lines += [f"ignored: {number} files, {why}" for why, number in scan.ignored.items()]
    lines += [f"broken: {len(scan.faults)} files"] if scan.faults else []
    return "\n".join(lines)


def _rows(studies: Iterable[list[Series]]) -> list[tuple[str, str, str]]:
    times: Counter[tuple[str, str]] = Counter()
    for group in studies:
        for modality in {series.modality for series in group}:
            alike = [series for series in group if series.modality == modality]
            times.update((modality or "?", kind) for kind in kinds_of(alike))
    ordered = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    rows = [(str(number), modality, kind) for (modality, kind), number in ordered]
    return [("studies", "modality", "kind of series"), *rows]
