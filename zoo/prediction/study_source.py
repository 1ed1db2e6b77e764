"""The new studies that a command line names, and whether they fit a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.cohort import masks, new_covariates
from pipelines.errors import UsageError
from pipelines.ingestion import named_sequences
from pipelines.ingestion.named_series import NamedSeries
from pipelines.tables.table_file import split_sheet
from zoo.prediction.model_facts import ModelFacts

if TYPE_CHECKING:  # it loads SimpleITK, and the command line is read before
    from pipelines.ingestion.new_study import NewStudy, OneRecord
    from pipelines.tasks.task import Task

    Covariates = Callable[[Mapping[str, str]], tuple[float, ...]]


_FORMS = {"--nifti": "SEQ=FILE", "--series": "SEQ=PATH"}


@dataclass(frozen=True, kw_only=True)
class StudySource:
    """Where new studies are, as they are named.

    Args:
        dicom: a tree of DICOM files.
        series: the DICOM series of sequences that no rule finds there; without `dicom`,
            of each sequence of one study.
        nifti: the file of each sequence of one study, of a 4-D one `FILE#frame=N` or
            `FILE#b=B`.
        mask: region of interest of that study, or of the one study of `dicom`; of
            several studies a table of masks, see `pipelines.cohort.masks`.
        covariates: a .csv file, or `NAME=VALUE` of each.
        workers: processes that read DICOM headers.
        keep: what of a record, made for a model, goes with its prediction as `kept`;
            none = nothing.
        files: below `dicom`, where not all of them are meant.
    """

    dicom: str | None = None
    series: Mapping[str, NamedSeries] = field(default_factory=dict)
    nifti: Mapping[str, str] | None = None
    mask: str | None = None
    covariates: tuple[str, ...] = ()
    workers: int = 1
    keep: Callable[[OneRecord, ModelFacts], Any] | None = None
    files: tuple[str, ...] | None = None

    def __post_init__(self):
        if (self.nifti is None) == (self.dicom is None and not self.series):
            raise UsageError(
                "new studies are named by --dicom, by --series, by both, or by --nifti "
                "alone"
            )
        for name in self.nifti or ():
            named_sequences.nifti_source(self.nifti[name])
        if self.dicom is not None and not Path(self.dicom).is_dir():
            raise UsageError(f"{self.dicom} is not a directory")
        if self.workers < 1:
            raise UsageError(f"--workers wants 1 or more. Received: {self.workers}")

    def records(self, facts: ModelFacts) -> Callable[[], Iterable[OneRecord]]:
        """What reads the studies, once all that was named is known to fit the model.

        Raises:
            UsageError: covariates, a mask or sequences that the model does not want, or
                lacks.
            DataError: the file of covariates is none.
        """
        studies = self.studies(facts)
        return lambda: (study.make() for study in studies())

    def studies(self, facts: ModelFacts) -> Callable[[], Iterable[NewStudy]]:
        """What finds the studies, whose records are made when they are asked for.

        Raises:
            UsageError, DataError: as `records`.
        """
        covariates = self._covariates(facts)
        self._check_mask(facts)
        named_sequences.check(self.nifti or self.series, facts.task)
        if self.dicom is not None and self.series and facts.task.unit == "series":
            raise UsageError(
                f"the task of {facts.name} takes series one by one, every one below "
                "--dicom. Leave --series out"
            )
        found = partial(self._read, facts.task, covariates)
        if self.keep is None:
            return found
        return lambda: (self._keeping(study, facts) for study in found())

    def _keeping(self, study: NewStudy, facts: ModelFacts) -> NewStudy:
        def make() -> OneRecord:
            made = study.make()
            if made.record is None:
                return made
            return replace(made, kept=self.keep(made, facts))

        return replace(study, make=make)

    def _read(self, task: Task, covariates: Covariates | None) -> Iterable[NewStudy]:
        from pipelines.ingestion import new_study
        from pipelines.readers.dicom.scan import scan_files

        options = {"workers": self.workers, "covariates": covariates}
        if self.dicom is not None:
            several = self.mask is not None and not _is_nifti(self.mask)
            scan = None if self.files is None else scan_files(self.files)
            yield from new_study.dicom_studies(
                self.dicom,
                task,
                named=self.series,
                masks=masks.read(self.mask, task) if several else self.mask,
                scan=scan,
                **options,
            )
            return
        if self.nifti is not None:
            only = new_study.nifti_record(
                self.nifti, task, covariates=covariates, mask=self.mask
            )
        else:
            only = new_study.series_record(self.series, task, mask=self.mask, **options)
        yield new_study.NewStudy(name=only.name, ids=only.ids, make=lambda: only)

    def _covariates(self, facts: ModelFacts) -> Covariates | None:
        """What gives the covariates of a study by its ids; none where none are seen."""
        names, given = facts.covariates, self.covariates
        if bool(names) != bool(given):
            wanted = f"sees {', '.join(names)}" if names else "sees no covariates"
            cure = "Give them by --covariates" if names else "Leave --covariates out"
            raise UsageError(f"the network of {facts.name} {wanted}. {cure}")
        if not names:
            return None
        if self.nifti is not None:
            cells = named_values("--covariates", given)
            return lambda ids: new_covariates.named(cells, facts.task, names)
        if len(given) > 1 or not split_sheet(given[0])[0].is_file():
            raise UsageError(
                "with --dicom or --series, --covariates wants one table. "
                f"Received: {list(given)}"
            )
        return new_covariates.read(given[0], facts.task, names).find

    def _check_mask(self, facts: ModelFacts) -> None:
        """A mask is there where it is wanted, and nowhere else."""
        wants = facts.task.steps.wants_mask
        if wants and self.mask is None:
            raise UsageError(
                f"the task of {facts.name} crops to a region of interest. Name the "
                "study by --nifti, --series or --dicom, and its region by --mask (of "
                "several DICOM studies a table: patient_id or study_id, and path)"
            )
        if self.mask is None:
            return
        if not wants:
            raise UsageError(
                "--mask goes with a run whose task crops to a region of interest. "
                f"Received: --mask {self.mask}"
            )
        if self.dicom is None and not _is_nifti(self.mask):
            raise UsageError(
                "--mask of one study is a NIfTI file (.nii, .nii.gz); a table of masks "
                f"goes with --dicom. Received: --mask {self.mask}"
            )
        if self.dicom is not None:
            if not split_sheet(self.mask)[0].is_file():
                raise UsageError(f"--mask: {self.mask} is not a file")
            if not _is_nifti(self.mask):
                masks.read(self.mask, facts.task)  # before DICOM files are looked for


def _is_nifti(path: str) -> bool:
    return path.lower().endswith((".nii", ".nii.gz"))


def named_values(option: str, pairs: Sequence[str]) -> dict[str, str]:
    """The values of `NAME=VALUE` by name; a file must not be empty, a covariate may.

    Raises:
        UsageError: another form, or a name twice.
    """
    named = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals and (value or option not in _FORMS)):
            wanted = _FORMS.get(option, "NAME=VALUE here")
            raise UsageError(f"{option} wants {wanted}. Received: {pair}")
        if name in named:
            raise UsageError(f"{option} names {name} twice")
        named[name] = value
    return named
