"""Has a process end, as by SIGKILL, at the nth thing that it does to the disk."""

import contextlib
import os
from unittest import mock

# All but fsync are done; what is synced outlives the machine, not only the process.
_TO_THE_DISK = ("replace", "write", "fsync", "unlink", "truncate", "ftruncate")


class KilledError(BaseException):
    """The process ends here."""


@contextlib.contextmanager
def killed_at(number):
    """Ends the block before its nth act, or after it where that is no whole number.

    Args:
        number: e.g. 3 = before the third, 3.5 = after it; infinite = never.
    """
    acts, dead = [0], []

    def die():
        dead.append(True)
        raise KilledError

    def counted(act):
        def done(*arguments, **options):
            if str(arguments[0]).endswith(".lock"):  # the system lets go of those
                return act(*arguments, **options)
            if dead:  # what Python would do on its way out, and a killed process can't
                raise OSError("the process is dead")
            acts[0] += 1
            if acts[0] >= number:
                die()
            result = act(*arguments, **options)
            if acts[0] + 0.5 >= number:
                die()
            return result

        return done

    with contextlib.ExitStack() as stack:
        for name in _TO_THE_DISK:
            act = counted(os.stat if name == "fsync" else getattr(os, name))
            stack.enter_context(mock.patch.object(os, name, act))
        try:
            yield
        except (KilledError, OSError):
            if not dead:
                raise
