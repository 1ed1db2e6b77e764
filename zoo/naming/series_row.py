"""What is said of one series."""

from dataclasses import dataclass, field

from pipelines.errors import StudyError
from pipelines.ingestion.cohort import EXCLUSIONS

UNKNOWN = "unknown"
COLUMNS = (
    "series_id",
    "study_id",
    "patient_id",
    "sequence",
    "probability",
    "rule",
    "agreement",
    "images",
)
BIDS, REASON = "bids", "reason"


@dataclass(frozen=True, kw_only=True)
class SeriesRow:
    """One series of an export, named.

    Args:
        series_id, study_id, patient_id: as the headers have them.
        sequence: a class of the run or `unknown`; "" = it could not be looked at.
        probability: of the most probable class; none where the network was not asked.
        rule: the sequence that the task's rules on header facts name; "" = none.
        images: image planes that it is made of.
        files: that hold them, sorted.
        error: why the network was not asked.
    """

    series_id: str = field(repr=False)
    study_id: str = field(repr=False)
    patient_id: str = field(repr=False)
    sequence: str
    probability: float | None = None
    rule: str = ""
    images: int = 0
    files: tuple[str, ...] = field(default=(), repr=False)
    error: StudyError | None = None

    @property
    def is_named(self) -> bool:
        """Whether it is a class of the run."""
        return self.sequence not in ("", UNKNOWN)

    @property
    def is_fault(self) -> bool:
        """Whether it could not be looked at, which no criterion of the task says."""
        return self.error is not None and self.error.code not in EXCLUSIONS

    @property
    def agreement(self) -> str:
        """Whether network and rules say the same; "" where one was not asked."""
        if self.probability is None:
            return ""
        return "yes" if self.sequence == (self.rule or UNKNOWN) else "no"

    @property
    def reason(self) -> str:
        """Why the network was not asked, without anything private."""
        return f"{self.error.problem}. {self.error.cure}" if self.error else ""
