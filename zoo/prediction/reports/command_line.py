"""The option --sr of `zoo.predict`; what takes long to load is loaded when it works."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.storage import output_paths
from zoo.prediction.model_facts import ModelFacts

if TYPE_CHECKING:
    from pipelines.ingestion.new_study import OneRecord
    from zoo.prediction.reports.model_identity import ModelIdentity
    from zoo.prediction.reports.report_files import Reports

_FILES = ("*-report.dcm", "*-picture.dcm")


def add(parsed: argparse.ArgumentParser) -> None:
    """Adds the option."""
    parsed.add_argument(
        "--sr",
        metavar="DIR",
        help="write of each DICOM study a Structured Report (TID 1500) and a picture "
        "into this directory, for the archive that the study came from: they name the "
        "patient, as it does; a file that is there is not overwritten. With --watch by "
        "the study's pseudonym, and what is there of other studies may stay",
    )


def check(options: argparse.Namespace) -> None:
    """What can be said before the slow part begins.

    Raises:
        UsageError: no DICOM, or reports that are there.
        DataError: the disk is full.
    """
    if options.sr is None:
        return
    if options.nifti is not None:
        raise UsageError(
            "--sr wants --dicom or --series: NIfTI files do not say which patient and "
            "study a report belongs to"
        )
    output_paths.check_new_files(options.sr, _FILES, "--sr")


def keep(options: argparse.Namespace) -> Callable[[OneRecord, ModelFacts], Any] | None:
    """What is kept of a study for its report, see `StudySource`; none without --sr."""
    if options.sr is None:
        return None

    def kept(record: OneRecord, facts: ModelFacts) -> Any:
        from zoo.prediction.reports import study_images

        return study_images.of_record(record, facts)

    return kept


def reports(
    options: argparse.Namespace, facts: ModelFacts, model: Callable[[], ModelIdentity]
) -> Reports | None:
    """What writes the reports; none without --sr.

    Args:
        facts: of the model that predicts.
        model: says which it is.
    """
    if options.sr is None:
        return None
    from zoo.prediction.reports.report_files import Reports

    return Reports(directory=Path(options.sr), facts=facts, model=model())
