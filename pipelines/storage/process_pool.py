"""Pools of processes that start fast and share nothing with TensorFlow's threads."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

# What workers run, named and not imported: only the server loads it.
_WORK = ["pipelines.ingestion.make_record"]


def process_pool(workers: int) -> ProcessPoolExecutor:
    """A pool whose processes are forked from a clean server.

    The server loads what they need once for all pools of the program. Forking the
    program itself is not safe, since it may run TensorFlow's threads; where there is no
    fork (Windows), each process is started anew.
    """
    method = "spawn"
    if "forkserver" in multiprocessing.get_all_start_methods():
        method = "forkserver"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(_WORK)
    return ProcessPoolExecutor(max_workers=workers, mp_context=context)
