"""How a folder is watched."""

import math
from dataclasses import dataclass

from pipelines.errors import UsageError

STATE = ".watch"  # folder among the answers, of what the watcher needs to go on
_LONGEST_POLL_S = 5.0
_POLLS_IN_QUIET = 6  # so that every file is seen unchanged several times
_RELOOK_S = 600.0


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """When a study counts as complete, and what becomes of one that does not.

    Args:
        quiet_s: for which no file of it came or changed, as seen by this process.
        incomplete_after_s: after which a study that lacks files by its own headers is
            waited for no longer.
        take_incomplete: whether it is then predicted as it is, not set apart.
        once: end when what is complete has its answer.
    """

    quiet_s: float = 30.0
    incomplete_after_s: float = 3600.0
    take_incomplete: bool = False
    once: bool = False

    def __post_init__(self):
        if not (math.isfinite(self.quiet_s) and self.quiet_s > 0):
            raise UsageError(
                f"--quiet-s wants a number above 0. Received: {self.quiet_s}"
            )
        if not self.quiet_s <= self.incomplete_after_s < math.inf:
            raise UsageError(
                "--incomplete-after-s wants a number that is not below --quiet-s. "
                f"Received: {self.incomplete_after_s}"
            )

    @property
    def poll_s(self) -> float:
        """Between two looks at the folder."""
        return min(_LONGEST_POLL_S, self.quiet_s / _POLLS_IN_QUIET)

    @property
    def relook_s(self) -> float:
        """After which files that nothing is awaited of are looked at again."""
        return _RELOOK_S
