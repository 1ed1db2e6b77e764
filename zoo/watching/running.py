"""A watcher put together, and run: what loads the readers of DICOM files."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import DataError
from pipelines.ingestion.study_fault import NO_ROOM
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.privacy import load_key
from pipelines.readers.dicom.received_file import ReceivedFile
from pipelines.tasks.task import Task
from zoo.watching import quiet_libraries
from zoo.watching.answering_model import AnsweringModel
from zoo.watching.answers import Answers
from zoo.watching.arrivals import Arrivals
from zoo.watching.clock import Clock
from zoo.watching.event_log import EventLog
from zoo.watching.history import History
from zoo.watching.places import Places
from zoo.watching.settings import WatchSettings
from zoo.watching.watch import Watcher

if TYPE_CHECKING:
    from zoo.watching.report_directory import ReportDirectory


def run(
    load: Callable[[], AnsweringModel],
    *,
    settings: WatchSettings,
    places: Places,
    with_ids: bool,
    clock: Clock,
    log: EventLog,
) -> int:
    """Watches a folder, alone with its answers.

    Args:
        load: gives the model that answers.
        places: where it reads and writes; the directories are there.
        with_ids: whether answers hold the ids of the source.

    Returns:
        As `Watcher.run`.

    Raises:
        UsageError: answers of another model or key are there.
        DataError: the model, or the answers, can't be read or written.
        StopAskedError: the model is not there yet, and the watcher is to end.
    """
    history = History(places.state / "journal.jsonl", load_key(places.key))
    model = load()
    arrivals = Arrivals(
        places.root,
        settings,
        history,
        study_key=partial(study_key, task=model.facts.task),
        stopped=lambda: clock.stop_asked,
    )
    watcher = Watcher(
        settings=settings,
        arrivals=arrivals,
        answers=Answers(directory=places.out, history=history, with_ids=with_ids),
        history=history,
        linkage=partial(Linkage.beside, places.key),
        model=model,
        clock=clock,
        log=log,
        reports=_reports(places.reports),
    )
    return _watch(watcher)


def _reports(path: Path | None) -> ReportDirectory | None:
    if path is None:
        return None
    from zoo.watching.report_directory import ReportDirectory

    return ReportDirectory(path=path)


def study_key(file: ReceivedFile, task: Task) -> str:
    """The id of a file's study, as `zoo.predict --dicom` groups them."""
    by_accession = task.study_key == "accession_number"
    return (file.accession_number if by_accession else "") or file.study_uid


def _watch(watcher: Watcher) -> int:
    """Runs it; what libraries say of headers stays out of the log."""
    with quiet_libraries.quiet():
        try:
            watcher.begin()
            return watcher.run()
        except OSError as error:
            cure = "Free some space" if error.errno in NO_ROOM else "Mend that"
            raise DataError(
                f"the answers can't be written: {os.strerror(error.errno or 0)}. "
                f"{cure} and begin again: no answer is lost, and none is given twice"
            ) from error
