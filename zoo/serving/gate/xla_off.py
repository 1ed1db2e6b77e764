"""Switches XLA off in this process, as it is in TensorFlow Serving.

TensorFlow's flags alone do not: a function that must be compiled is compiled all the
same. The true server calls `tensorflow::DisableXlaCompilation`, and so does this.

The file imports nothing of this project, since it also runs, loaded by its path, in
processes that must not know it.
"""

import ctypes
from pathlib import Path

LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_cc.2.dylib")  # Linux, macOS
SYMBOL = "_ZN10tensorflow21DisableXlaCompilationEv"


def disable_xla(tensorflow_directory: Path | None = None) -> None:
    """Refuses, from here on and for good, whatever XLA would have to compile.

    Such a function then fails with `XLA compilation disabled`, as on the server.

    Args:
        tensorflow_directory: the installed package's; none = that which this process
            imports.

    Raises:
        RuntimeError: TensorFlow's library is not there, or has no such switch.
    """
    import tensorflow as tf  # first, since it loads the library as it must be loaded

    directory = tensorflow_directory or Path(tf.__file__).parent
    paths = [directory / name for name in LIBRARIES]
    library = next((path for path in paths if path.is_file()), None)
    if library is None:
        raise RuntimeError(
            "XLA can't be switched off: TensorFlow's library is not where its package "
            f"is. Expected {' or '.join(LIBRARIES)}. Received: {directory}"
        )
    switch = getattr(ctypes.CDLL(str(library)), SYMBOL, None)
    if switch is None:
        raise RuntimeError(
            f"XLA can't be switched off: {library} of TensorFlow {tf.__version__} has "
            f"no {SYMBOL}. TensorFlow 2.16 to 2.21 have it"
        )
    switch.restype = None
    switch.argtypes = ()
    switch()
