"""The options of `zoo.predict --watch`."""

import argparse

from pipelines.errors import UsageError
from zoo.watching.settings import WatchSettings

_OF_WATCH = ("quiet_s", "incomplete_after_s", "take_incomplete", "once", "key")
_NOT_OF_WATCH = ("dicom", "nifti", "series")


def add(parser: argparse.ArgumentParser) -> None:
    """Adds `--watch` and what goes with it."""
    group = parser.add_argument_group(
        "a watched folder, instead of --dicom (docs/watched-folder.md)"
    )
    group.add_argument(
        "--watch",
        metavar="DIR",
        help="predict each study that arrives there, once, when it is complete. --out "
        "is then a directory: result.csv, answered/, failed/, changed/ (default "
        "DIR-answers)",
    )
    group.add_argument(
        "--quiet-s",
        type=float,
        metavar="S",
        help="a study is complete when none of its files came or changed for so long "
        f"(default {WatchSettings.quiet_s:g})",
    )
    group.add_argument(
        "--incomplete-after-s",
        type=float,
        metavar="S",
        help="a study that lacks images by its own headers has failed after so long "
        f"(default {WatchSettings.incomplete_after_s:g})",
    )
    group.add_argument(
        "--take-incomplete",
        action="store_true",
        default=None,
        help="predict it then as it is",
    )
    group.add_argument(
        "--once",
        action="store_true",
        default=None,
        help="end when what is complete has its answer, as for cron; else SIGTERM or "
        "Ctrl-C ends it after the study that is being predicted",
    )
    group.add_argument(
        "--key",
        metavar="FILE",
        help="the project key, by which studies are named; made where there is none "
        "(default OUT-private/key). Beside it linkage.csv says whose the names are",
    )


def check(options: argparse.Namespace) -> None:
    """Holds the options to each other.

    Raises:
        UsageError: they do not go together.
    """
    named = [n for n in _OF_WATCH if getattr(options, n) is not None]
    if options.watch is None:
        if named:
            raise UsageError(f"--{named[0].replace('_', '-')} goes with --watch")
        return
    for name in _NOT_OF_WATCH:
        if getattr(options, name) is not None:
            raise UsageError(f"--watch names the studies: leave --{name} out")
    if options.workers != 1:
        raise UsageError("--watch reads studies as they come: leave --workers out")
