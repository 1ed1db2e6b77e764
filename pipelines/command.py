"""What every command shares: quiet start of TensorFlow, errors, exit codes."""

import contextlib
import errno
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import re
import select
import shlex
import signal
import sys
import tempfile
import types
from collections.abc import Callable, Iterator, Sequence

from pipelines.errors import UsageError, ZooError

_STANDARD_OUTPUT = 1
_OUTPUT_UNREAD = 128 + signal.SIGPIPE
_TERMINATED = 128 + signal.SIGTERM
_START_UP_NOISE = re.compile(
    rb"oneDNN custom operations|Could not find cuda drivers|Unable to register cu"
    rb"|cpu_feature_guard|To enable the following instructions|TF-TRT Warning"
    rb"|computation_placer|WARNING: All log messages before absl::InitializeLog"
    rb"|failed call to cuInit: .*UNKNOWN ERROR \(303\)"  # no driver is installed
    rb"|cuda_executor|Skipping registering GPU devices|Cannot dlopen some GPU"
)


def quiet_tensorflow() -> None:
    """Imports TensorFlow without its start-up chatter.

    What is printed while it loads and looks for devices is held back and passed on
    without the lines that every machine without a GPU prints. Later C++ errors and all
    Python warnings stay visible; `TF_CPP_MIN_LOG_LEVEL` overrides.
    """
    _keep_tensorflow_quiet()
    import tensorflow  # noqa: F401


def _keep_tensorflow_quiet() -> None:
    """Has the first import of TensorFlow, wherever it is, be as `quiet_tensorflow`.

    So a command refuses wrong usage before the seconds that loading takes.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    waiting = any(isinstance(finder, _QuietFinder) for finder in sys.meta_path)
    if "tensorflow" not in sys.modules and not waiting:
        sys.meta_path.insert(0, _QuietFinder())


class _QuietFinder(importlib.abc.MetaPathFinder):
    """Finds TensorFlow where Python would, and has it load quietly."""

    _searching = False

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != "tensorflow" or self._searching:
            return None
        self._searching = True  # the search below asks this finder too
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._searching = False
        if spec is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


class _QuietLoader(importlib.abc.Loader):
    """Loads a module as `loader` does, with its chatter held back."""

    def __init__(self, loader: importlib.abc.Loader):
        self._loader = loader

    def create_module(
        self, spec: importlib.machinery.ModuleSpec
    ) -> types.ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        with _chatter_held_back():
            self._loader.exec_module(module)
            module.config.list_physical_devices()


@contextlib.contextmanager
def _chatter_held_back() -> Iterator[None]:
    """Shows of what is printed meanwhile all but the chatter, at the end."""
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(shown, 2)
            os.close(shown)
            held.seek(0)
            for line in held.read().splitlines(keepends=True):
                if line.strip() and not _START_UP_NOISE.search(line):
                    os.write(2, line)


class TerminatedError(KeyboardInterrupt):
    """SIGTERM came: it ends what Ctrl-C ends, in the same way."""


def end_on_sigterm() -> None:
    """Has SIGTERM end this process as Ctrl-C does, with another exit code.

    Further ones pass by: a batch system may send several while what was under way is
    put in order. Called in the main thread.
    """

    def end(number: int, frame: types.FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise TerminatedError

    signal.signal(signal.SIGTERM, end)


def run(main: Callable[[Sequence[str]], int], argv: Sequence[str] | None = None) -> int:
    """Calls `main(argv)` and turns its errors into a message and an exit code.

    TensorFlow, where it is loaded meanwhile, is as after `quiet_tensorflow`.

    Returns:
        0 done, 1 failed on the data, 2 wrong usage, 130 interrupted, 141 whoever read
        the output (`| head`) has gone, 143 ended by SIGTERM, after `end_on_sigterm`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without all letters
            stream.reconfigure(errors="replace")
    _keep_tensorflow_quiet()
    try:
        return main(sys.argv[1:] if argv is None else argv)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except ZooError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        if not _output_unread():
            raise
        return _OUTPUT_UNREAD
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = f" while writing {error.filename}" if error.filename else ""
        print(f"error: {error.strerror}{where}. Free some space", file=sys.stderr)
        return 1
    except TerminatedError as ended:
        print("ended by SIGTERM", *_notes(ended), sep="\n", file=sys.stderr)
        return _TERMINATED
    except KeyboardInterrupt as ended:
        print("interrupted", *_notes(ended), sep="\n", file=sys.stderr)
        return 130


def say_next(module: str, *arguments: object) -> None:
    """Names the command that goes on from here: the last line, on standard error.

    Standard output ends with the path of what was written, which scripts read.

    Args:
        module: e.g. `"zoo.train"`.
        arguments: as they would be typed, without quotes.
    """
    print(_next(module, arguments), file=sys.stderr)


@contextlib.contextmanager
def goes_on_by(module: str, *arguments: object) -> Iterator[None]:
    """Has `run` name the command that goes on, where Ctrl-C or SIGTERM ends the block.

    Args:
        module, arguments: as of `say_next`.
    """
    try:
        yield
    except KeyboardInterrupt as ended:
        ended.add_note(_next(module, arguments))
        raise


def _next(module: str, arguments: Sequence[object]) -> str:
    words = shlex.join(map(str, arguments))
    return f"next: python -m {module} {words}".rstrip()


def _notes(ended: KeyboardInterrupt) -> list[str]:
    return getattr(ended, "__notes__", [])


def _output_unread() -> bool:
    """Whether standard output is a pipe that nobody reads any more."""
    poll = select.poll()
    poll.register(_STANDARD_OUTPUT, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def leave(code: int) -> None:
    """Ends the process with `code`.

    tensorflow-io's s3 client aborts the interpreter in its tear-down (exit code 134),
    so a process that loaded it leaves without one.
    """
    if _output_unread():  # what is still held would raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), _STANDARD_OUTPUT)
    sys.stdout.flush()
    sys.stderr.flush()
    if "tensorflow_io" in sys.modules:
        os._exit(code)
    sys.exit(code)
