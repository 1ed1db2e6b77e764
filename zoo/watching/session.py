"""One call of `zoo.predict --watch`: what is named is checked, and then watched."""

import argparse
import contextlib

from pipelines.privacy import privacy
from zoo.prediction.reports import command_line as report_options
from zoo.prediction.study_source import StudySource
from zoo.serving.client import address
from zoo.serving.loopback import is_loopback
from zoo.watching import opening, places
from zoo.watching.clock import Clock, StopAskedError
from zoo.watching.event_log import EventLog
from zoo.watching.patience import Patience
from zoo.watching.settings import WatchSettings


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
        keep=report_options.keep(options),
    )
    named = places.named(options)
    clock = Clock()
    log = EventLog(clock)
    patience = Patience(clock, log, once=settings.once)
    _tell_unencrypted(options, log)
    with opening.opened(options, source, patience) as load:
        from zoo.watching import running

        with places.held(named):
            privacy.load_key(named.key, outside=named.handed_on)
            clock.stop_on_signals()
            with contextlib.suppress(StopAskedError):
                return running.run(
                    load,
                    settings=settings,
                    places=named,
                    with_ids=options.with_ids,
                    clock=clock,
                    log=log,
                )
    return 0


def _tell_unencrypted(options: argparse.Namespace, log: EventLog) -> None:
    if options.endpoint is None:
        return
    where = address.read(options.endpoint)
    if not (where.tls or is_loopback(where.host)):
        log.write("unencrypted", why="others on the way to the endpoint can read it")


def _settings(options: argparse.Namespace) -> WatchSettings:
    names = ("quiet_s", "incomplete_after_s", "take_incomplete", "once")
    given = {name: getattr(options, name) for name in names}
    return WatchSettings(
        **{n: value for n, value in given.items() if value is not None}
    )
