"""What libraries say of the files that they read, kept out of the watcher's log.

They print headers' texts and values, a patient's name among them: pydicom by warnings
and its log, the decoders that are written in C (GDCM, libjpeg) on the descriptors of
the standard streams, past Python.
"""

import contextlib
import ctypes
import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator

_LOGGERS = ("pydicom", "highdicom")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Has go nowhere what libraries say; what Python prints goes where it went."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        for name in _LOGGERS:
            logger = logging.getLogger(name)
            stack.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.CRITICAL)
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            stack.enter_context(_to_nowhere(name, descriptor))
        yield


@contextlib.contextmanager
def _to_nowhere(name: str, descriptor: int) -> Iterator[None]:
    """A standard stream of Python leads on to where its descriptor no longer does."""
    stream = getattr(sys, name)
    try:
        kept = os.dup(descriptor)
    except OSError:  # the process began without it
        yield
        return
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, kept)
        stack.callback(os.dup2, kept, descriptor)
        stack.callback(_flush_what_c_holds)
        if _is_on(stream, descriptor):
            stream.flush()
            further = stack.enter_context(
                open(
                    kept,
                    "w",
                    encoding=stream.encoding,
                    errors=stream.errors,
                    buffering=1,
                    closefd=False,
                )
            )
            setattr(sys, name, further)
            stack.callback(setattr, sys, name, stream)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
        yield


def _flush_what_c_holds() -> None:
    """Or what was printed to a standard output that is buffered would come later."""
    ctypes.CDLL(None).fflush(None)


def _is_on(stream: object, descriptor: int) -> bool:
    """Whether a stream of Python writes to a descriptor: another may stand for it."""
    try:
        return stream.fileno() == descriptor
    except (AttributeError, io.UnsupportedOperation, ValueError):
        return False
