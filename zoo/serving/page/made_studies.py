"""Studies of an upload as records, as they come from the process that made them."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.errors import DataError, StudyError
from pipelines.ingestion.new_study import NewStudy, OneRecord
from zoo.serving.page.upload_error import printable


@dataclass(frozen=True, kw_only=True)
class MadeStudy:
    """A study whose record was made, or why it was not.

    Args:
        folder: as its owner calls it, that all its files lie in; "" = the upload.
    """

    made: OneRecord
    folder: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadStudies:
    """What a task finds in an upload; none and `error` where it finds nothing."""

    input: str
    studies: tuple[MadeStudy, ...] = ()
    error: str = ""


def ready(
    read: ReadStudies, keep: Callable[[OneRecord], Any] | None = None
) -> list[NewStudy]:
    """The studies of a task for those who ask for records, which are made.

    Args:
        keep: what of a record goes with its prediction; none = nothing.

    Raises:
        DataError: the task found none.
    """
    if read.error:
        raise DataError(read.error)
    return [
        NewStudy(name=made.name, ids=made.ids, make=_given(made, keep))
        for made in (each.made for each in read.studies)
    ]


def _given(
    made: OneRecord, keep: Callable[[OneRecord], Any] | None
) -> Callable[[], OneRecord]:
    if keep is None or made.record is None:
        return lambda: made
    return lambda: dataclasses.replace(made, kept=keep(made))


def without_private(made: OneRecord) -> OneRecord:
    """The same, its error without header texts and paths."""
    if made.error is None:
        return made
    told = made.error
    return dataclasses.replace(
        made,
        error=StudyError(
            code=told.code, problem=printable(told.problem), cure=printable(told.cure)
        ),
    )
