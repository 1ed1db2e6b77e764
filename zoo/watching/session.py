"""One call of `zoo.predict --watch`: what is named, checked, opened and watched."""

import argparse
import logging
import os
import warnings
from functools import partial
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.ingestion.study_fault import NO_ROOM
from pipelines.privacy import privacy
from pipelines.privacy.linkage import Linkage
from pipelines.readers.dicom.received_file import ReceivedFile
from pipelines.storage import lock, output_paths
from pipelines.tasks.task import Task
from zoo.prediction.study_source import StudySource
from zoo.watching import answers, opening
from zoo.watching.answering_model import AnsweringModel
from zoo.watching.answers import Answers
from zoo.watching.arrivals import Arrivals
from zoo.watching.clock import Clock, StopAskedError
from zoo.watching.event_log import EventLog
from zoo.watching.history import History
from zoo.watching.patience import Patience
from zoo.watching.settings import WatchSettings
from zoo.watching.watch import Watcher


def run(options: argparse.Namespace) -> int:
    """Watches a folder until it is asked to stop.

    Returns:
        0; with `--once` 1 where a study failed.

    Raises:
        UsageError: what is named does not fit.
        DataError: another process watches for the same answers, or the model or the
            answers can't be read or written.
    """
    settings = _settings(options)
    source = StudySource(
        dicom=options.watch,
        mask=options.mask,
        covariates=(*(options.covariates or ()),),
    )
    root, out, key = _places(options)
    clock = Clock()
    log = EventLog(clock)
    patience = Patience(clock, log, once=settings.once)
    with opening.opened(options, source, patience) as load:
        state = out / answers.STATE
        state.mkdir(parents=True, exist_ok=True)
        with lock.hold(state / "lock", subject=str(out)):
            secret = privacy.load_key(key, outside=(root, out))
            history = History(state / "journal.jsonl", secret)
            clock.stop_on_signals()
            try:
                model = load()
            except StopAskedError:
                return 0
            watcher = _watcher(
                root=root,
                settings=settings,
                history=history,
                answers=Answers(
                    directory=out, history=history, with_ids=options.with_ids
                ),
                linkage=partial(Linkage.beside, key),
                model=model,
                clock=clock,
                log=log,
            )
            return _watch(watcher)


def _watcher(
    *,
    root: Path,
    settings: WatchSettings,
    history: History,
    model: AnsweringModel,
    clock: Clock,
    **others: object,
) -> Watcher:
    arrivals = Arrivals(
        root,
        settings,
        history,
        study_key=partial(_study_key, task=model.facts.task),
        stopped=lambda: clock.stop_asked,
    )
    return Watcher(
        settings=settings,
        arrivals=arrivals,
        history=history,
        model=model,
        clock=clock,
        **others,
    )


def _watch(watcher: Watcher) -> int:
    """Runs it; what libraries say of headers stays out of the log."""
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            watcher.answers.begin(watcher.model)
            return watcher.run()
        except OSError as error:
            cure = "Free some space" if error.errno in NO_ROOM else "Mend that"
            raise DataError(
                f"the answers can't be written: {os.strerror(error.errno or 0)}. "
                f"{cure} and begin again: no answer is lost, and none is given twice"
            ) from error


def _study_key(file: ReceivedFile, task: Task) -> str:
    """The id of a file's study, as `zoo.predict --dicom` groups them."""
    by_accession = task.study_key == "accession_number"
    return (file.accession_number if by_accession else "") or file.study_uid


def _settings(options: argparse.Namespace) -> WatchSettings:
    names = ("quiet_s", "incomplete_after_s", "take_incomplete", "once")
    given = {name: getattr(options, name) for name in names}
    return WatchSettings(
        **{n: value for n, value in given.items() if value is not None}
    )


def _places(options: argparse.Namespace) -> tuple[Path, Path, Path]:
    """The folder, the directory of answers, and the key.

    Raises:
        UsageError: one of the two lies in the other, or the answers' place is taken.
    """
    root = Path(os.path.abspath(options.watch))
    out = Path(os.path.abspath(options.out or f"{root}-answers"))
    if out.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"--out {out} lies inside the watched folder {root}")
    if root.resolve().is_relative_to(out.resolve()):
        raise UsageError(f"the watched folder {root} lies inside --out {out}")
    output_paths.check_directory(out, "--out")
    if out.is_dir() and any(out.iterdir()) and not (out / answers.STATE).is_dir():
        raise UsageError(
            f"{out} holds other files. Name a new directory by --out, or one in which "
            "a watched folder was answered"
        )
    key = Path(options.key or f"{out}-private/key")
    privacy.check_outside(key, (root, out))
    return root, out, key
