"""Run by path: `zoo.train`, killed after a number of steps and some milliseconds.

    python killed.py STEPS MILLISECONDS ARGUMENTS...

SIGKILL leaves a process no time to put anything in order. The milliseconds let it hit
whatever comes behind a step: the next one, validation, a checkpoint half written.
"""

import os
import signal
import sys
import threading

from pipelines import command
from zoo import train


def kill_after(steps: int, milliseconds: float) -> None:
    """Sets the trap."""
    from zoo.training.callbacks.progress import Progress

    seen = 0
    on_train_batch_end = Progress.on_train_batch_end

    def counted(self, batch: int, logs: dict | None = None) -> None:
        nonlocal seen
        seen += 1
        if seen == steps:
            kill = (os.getpid(), signal.SIGKILL)
            threading.Timer(milliseconds / 1000, os.kill, kill).start()
        on_train_batch_end(self, batch, logs)

    Progress.on_train_batch_end = counted


def main() -> int:
    """The exit code of `zoo.train`, if it gets there."""
    steps, milliseconds, *arguments = sys.argv[1:]
    command.quiet_tensorflow()
    kill_after(int(steps), float(milliseconds))
    return command.run(train.main, arguments)


if __name__ == "__main__":
    sys.exit(main())
