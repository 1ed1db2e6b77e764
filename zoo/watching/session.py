"""One call of `zoo.predict --watch`: what is named is checked, and then watched."""

import argparse
import contextlib
import os
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.privacy import privacy
from pipelines.storage import lock, output_paths
from zoo.prediction.study_source import StudySource
from zoo.serving.client import address
from zoo.serving.loopback import is_loopback
from zoo.watching import opening
from zoo.watching.clock import Clock, StopAskedError
from zoo.watching.event_log import EventLog
from zoo.watching.patience import Patience
from zoo.watching.settings import STATE, WatchSettings


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
    _tell_unencrypted(options, log)
    with opening.opened(options, source, patience) as load:
        from zoo.watching import running

        state = out / STATE
        state.mkdir(parents=True, exist_ok=True)
        with lock.hold(state / "lock", subject=str(out)):
            privacy.load_key(key, outside=(root, out))
            clock.stop_on_signals()
            with contextlib.suppress(StopAskedError):
                return running.run(
                    load,
                    settings=settings,
                    root=root,
                    out=out,
                    key=key,
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
    if out.is_dir() and any(out.iterdir()) and not (out / STATE).is_dir():
        raise UsageError(
            f"{out} holds other files. Name a new directory by --out, or one in which "
            "a watched folder was answered"
        )
    key = Path(options.key or f"{out}-private/key")
    privacy.check_outside(key, (root, out))
    return root, out, key
