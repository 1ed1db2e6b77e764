"""A function that ends the process that calls it, for processes that load little."""

import os
import signal


def die(*_):
    """What a hostile header may do to whoever parses it."""
    os.kill(os.getpid(), signal.SIGSEGV)
