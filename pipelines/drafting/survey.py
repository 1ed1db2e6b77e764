"""What a source of studies holds, by headers and tables alone; private."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.cohort import trace
from pipelines.drafting.label_table import StudyIds
from pipelines.readers.dicom import scan as scan_dicom
from pipelines.readers.dicom.headers import Series
from pipelines.readers.dicom.modality import unwanted
from pipelines.readers.nifti_table import TableRow, read_table
from pipelines.storage.executors import Processes
from pipelines.tables import table_file

_MODALITIES = ("MR", "CT", "PT")  # the first that there is


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The studies of a source.

    Args:
        series: of every study of DICOM files, by StudyInstanceUID; of diffusion in
            several directions what a task would take.
        rows: of every study of a table of NIfTI files, by study_id.
        patients: the patient of every study.
        modality: of all of it.
        sites: how many institutions the headers name.
        ignored: number of files by reason.
        scan: of DICOM files, all that was found.
    """

    ids: StudyIds
    patients: Mapping[str, str]
    series: Mapping[str, tuple[Series, ...]] = field(default_factory=dict, repr=False)
    rows: Mapping[str, tuple[TableRow, ...]] = field(default_factory=dict, repr=False)
    modality: str = "MR"
    sites: int = 0
    ignored: Mapping[str, int] = field(default_factory=dict)
    scan: scan_dicom.Scan | None = field(default=None, repr=False)

    @property
    def number(self) -> int:
        """How many studies there are."""
        return len(self.patients)

    @property
    def text(self) -> str:
        """E.g. `"41 studies of 38 patients"`."""
        patients = len(self.ids.patients)
        return (
            f"{self.number} {'study' if self.number == 1 else 'studies'} of "
            f"{patients} patient{'s' * (patients > 1)}"
        )

    def ids_of(self, study: str) -> tuple[str, ...]:
        """What a label table may call a study, or its patient."""
        series = self.series.get(study, ())
        accession = series[0].accession_number if series else ""
        ids = (study, accession, self.patients[study])
        return tuple(table_file.composed(one).strip() for one in ids if one)


def of_dicom(
    directory: Path, *, processes: Processes | None = None, progress: bool = False
) -> Survey:
    """Reads the headers of all files below a folder.

    Raises:
        UsageError: it is none.
        DataError: there is no image of a body in it.
    """
    scan = scan_dicom.scan(directory, processes=processes, progress=progress)
    modality = _modality(scan.series)
    ignored, studies = Counter(scan.ignored), {}
    for series in scan.series:
        why = unwanted(series, frozenset((modality,)))
        if why:
            ignored[why] += len({frame.path for frame in series.frames})
        else:
            studies.setdefault(series.study_uid, []).append(series)
    if not studies:
        kind = f"of modality {' or '.join(_MODALITIES)}"
        raise scan_dicom.no_images(directory, ignored, kind)
    first = {study: series[0] for study, series in studies.items()}
    patients = {study: one.patient_id for study, one in first.items()}
    accessions = (one.accession_number for one in first.values())
    institutions = (one.institution.strip() for one in first.values())
    return Survey(
        ids=StudyIds(
            patients=Counter(patients.values()),
            study_uids=frozenset(studies),
            accession_numbers=frozenset(filter(None, accessions)),
        ),
        patients=patients,
        series={
            study: tuple(trace.one_for_each_weighting(series))
            for study, series in studies.items()
        },
        modality=modality,
        sites=len(set(filter(None, institutions))),
        ignored=dict(sorted(ignored.items())),
        scan=scan,
    )


def of_table(path: Path) -> Survey:
    """Reads a table of NIfTI files; the files themselves are not looked for.

    Raises:
        DataError: the table is wrong.
    """
    studies: dict[str, list[TableRow]] = {}
    for row in read_table(path):
        studies.setdefault(row.study_id, []).append(row)
    patients = {study: rows[0].patient_id for study, rows in studies.items()}
    return Survey(
        ids=StudyIds(
            patients=Counter(patients.values()),
            study_uids=frozenset(studies),
            accession_numbers=frozenset(),
        ),
        patients=patients,
        rows={study: tuple(rows) for study, rows in studies.items()},
    )


def _modality(series: tuple[Series, ...]) -> str:
    for modality in _MODALITIES:
        wanted = frozenset((modality,))
        if any(not unwanted(one, wanted) and one.modality for one in series):
            return modality
    return _MODALITIES[0]
