"""The new studies that a command line names, and whether they fit a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cohort import new_covariates
from pipelines.errors import UsageError
from pipelines.ingestion import named_sequences
from zoo.prediction.model_facts import ModelFacts

if TYPE_CHECKING:  # it loads SimpleITK, and the command line is read before
    from pipelines.ingestion.new_study import OneRecord

    Covariates = Callable[[Mapping[str, str]], tuple[float, ...]]


@dataclass(frozen=True, kw_only=True)
class StudySource:
    """Where new studies are, as they are named.

    Args:
        dicom: a tree of DICOM files; none = NIfTI files.
        nifti: the file of each sequence of one study.
        mask: region of interest of that study.
        covariates: a .csv file, or `NAME=VALUE` of each.
        workers: processes that read DICOM headers.
    """

    dicom: str | None = None
    nifti: Mapping[str, str] | None = None
    mask: str | None = None
    covariates: tuple[str, ...] = ()
    workers: int = 1

    def __post_init__(self):
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
        covariates = self._covariates(facts)
        self._check_mask(facts)
        if self.nifti is not None:
            named_sequences.check(self.nifti, facts.task)

        def read() -> Iterable[OneRecord]:
            from pipelines.ingestion.new_study import dicom_records, nifti_record

            task = facts.task
            if self.dicom is not None:
                return dicom_records(
                    self.dicom, task, workers=self.workers, covariates=covariates
                )
            one = nifti_record(self.nifti, task, covariates=covariates, mask=self.mask)
            return (one,)

        return read

    def _covariates(self, facts: ModelFacts) -> Covariates | None:
        """What gives the covariates of a study by its ids; none where none are seen."""
        names, given = facts.covariates, self.covariates
        if bool(names) != bool(given):
            wanted = f"sees {', '.join(names)}" if names else "sees no covariates"
            cure = "Give them by --covariates" if names else "Leave --covariates out"
            raise UsageError(f"the network of {facts.name} {wanted}. {cure}")
        if not names:
            return None
        if self.dicom is None:
            cells = named_values("--covariates", given)
            return lambda ids: new_covariates.named(cells, facts.task, names)
        if len(given) > 1 or not Path(given[0]).is_file():
            raise UsageError(
                "with --dicom, --covariates wants one .csv file. "
                f"Received: {list(given)}"
            )
        return new_covariates.read(given[0], facts.task, names).find

    def _check_mask(self, facts: ModelFacts) -> None:
        """A mask is there where it is wanted, and nowhere else."""
        wants = facts.task.steps.wants_mask
        if wants and self.mask is None:
            raise UsageError(
                f"the task of {facts.name} crops to a region of interest. Name the "
                "study by --nifti and its region by --mask"
            )
        if self.mask is not None and not (wants and self.nifti):
            raise UsageError(
                "--mask goes with --nifti, and with a run whose task crops to a region "
                f"of interest. Received: --mask {self.mask}"
            )


def named_values(option: str, pairs: Sequence[str]) -> dict[str, str]:
    """The values of `NAME=VALUE` by name; a file must not be empty, a covariate may.

    Raises:
        UsageError: another form, or a name twice.
    """
    of_files = option == "--nifti"
    named = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals and (value or not of_files)):
            wanted = "SEQ=FILE" if of_files else "NAME=VALUE here"
            raise UsageError(f"{option} wants {wanted}. Received: {pair}")
        if name in named:
            raise UsageError(f"{option} names {name} twice")
        named[name] = value
    return named
