"""DICOM reports of the answers to an upload, as bytes that no disk ever holds.

A report goes back to the headers of its study, so the process that read the files makes
it as well, while they are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.errors import StudyError
from pipelines.ingestion.study_fault import attempt
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports.model_identity import ModelIdentity
from zoo.prediction.result_file import Prediction
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.upload_error import printable

OF_NIFTI = (
    "NIfTI files do not say which patient and study a report belongs to. Drop the "
    "DICOM images"
)
NOT_ENDED = (
    "making it took too long or too much memory, or ended the process that makes it. "
    "Drop one study at a time"
)
_TOO_MANY = "the reports of one answer are too large. Drop fewer studies at a time"


@dataclass(frozen=True, kw_only=True)
class DicomReport:
    """The two files of a study, or why there are none.

    Args:
        document: the Structured Report.
        picture: the secondary capture.
        error: one or two sentences for whoever dropped the study; "" = none.
    """

    document: bytes = b""
    picture: bytes = b""
    error: str = ""


def make(
    predictions: Sequence[Prediction],
    facts: ModelFacts,
    model: ModelIdentity,
    limits: PageLimits,
) -> list[DicomReport | None]:
    """What `zoo.predict --sr` would write of each study; none of one without an answer.

    Args:
        predictions: with the `StudyImages` that were kept of them.
        facts: of the model that predicted.
        model: which it is.
    """
    reports: list[DicomReport | None] = []
    left = limits.report_bytes
    for prediction in predictions:
        report = None
        if prediction.error is None and left >= 0:
            report = _report(prediction, facts, model)
            left -= len(report.document) + len(report.picture)
        if prediction.error is None and left < 0:
            report = DicomReport(error=_TOO_MANY)
        reports.append(report)
    return reports


def none(predictions: Sequence[Prediction], why: str) -> list[DicomReport | None]:
    """The same where no study has one."""
    return [
        DicomReport(error=why) if prediction.error is None else None
        for prediction in predictions
    ]


def _report(
    prediction: Prediction, facts: ModelFacts, model: ModelIdentity
) -> DicomReport:
    made = attempt(lambda: _made(prediction, facts, model), step="making the report")
    if isinstance(made, StudyError):
        return DicomReport(error=printable(f"{made.problem}. {made.cure}"))
    return made


def _made(
    prediction: Prediction, facts: ModelFacts, model: ModelIdentity
) -> DicomReport:
    from zoo.prediction.reports import report_files  # which the server never loads

    files = report_files.contents(prediction, facts, model)
    return DicomReport(
        document=files[report_files.DOCUMENT], picture=files[report_files.PICTURE]
    )
