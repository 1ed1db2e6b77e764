"""Which DICOM series were taken for which sequence, as the page shows it."""

from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.ingestion.new_study import OneRecord
from zoo.serving.page.upload_error import printable


def taken(records: Iterable[OneRecord]) -> list[dict[str, Any]]:
    """By sequence the number, description, part and count of images of its series.

    Header texts: for the browser of whoever sent the study, and for no file or log.
    Several tasks of an ensemble may take one series; it comes once. NIfTI files have
    no series.

    Args:
        records: of one study, one for each task.
    """
    rows: list[dict[str, Any]] = []
    for record in records:
        for row in _rows(record.series):
            if row not in rows:
                rows.append(row)
    return rows


def _rows(series: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for sequence, each in series.items():
        yield {
            "sequence": sequence,
            "number": each.series_number,
            "description": printable(each.description),
            "part": printable(each.part),
            "images": len(each.frames),
        }
