"""Sums that don't depend on the number of threads."""

import contextlib
from collections.abc import Iterator

import SimpleITK as sitk


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Runs SimpleITK's filters of the block on one thread.

    N4 and the registration add floating-point numbers in the order in which threads
    finish; a filter's own SetNumberOfThreads does not reach all of their parts.
    """
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
