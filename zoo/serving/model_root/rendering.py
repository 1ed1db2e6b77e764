"""A copy of `models.config` for the machine that serves: models by absolute paths."""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import ZooError
from zoo.serving.model_root import models_config

_LOOK_SECONDS = 0.5


def rendered(
    root: str | os.PathLike,
    to: str | os.PathLike,
    *,
    models_at: str | None = None,
    only: str | None = None,
) -> Path:
    """Writes the copy into the folder `to`, whole or not at all.

    A `base_path` that doesn't lie in the container's folder, so one written by hand,
    stays.

    Args:
        models_at: where the root lies for the server; `root` itself unless told.
        only: the one model that is wanted; all unless told.

    Returns:
        The file.

    Raises:
        DataError: `models.config` can't be read.
    """
    models_at = os.path.abspath(root) if models_at is None else models_at
    config = models_config.read(root)
    models = config.model_config_list.config
    kept = [model for model in models if only in (None, model.name)]
    for model in kept:
        below = model.base_path.removeprefix(models_config.MODELS_AT + "/")
        if below != model.base_path:
            model.base_path = f"{models_at}/{below}"
    copy = type(config)()
    copy.model_config_list.config.extend(kept)
    path = Path(to) / models_config.FILE
    models_config.write(path, copy)
    return path


@contextlib.contextmanager
def kept_in_step(
    root: str | os.PathLike,
    to: str | os.PathLike,
    *,
    models_at: str | None = None,
    only: str | None = None,
) -> Iterator[Path]:
    """Yields the copy, and writes it anew when `models.config` changes meanwhile.

    One that can't be read is said on standard error; the copy then stays as it was.

    Raises:
        DataError: as `rendered`, at the beginning.
    """
    told = {"models_at": models_at, "only": only}
    seen = _state(root)
    path = rendered(root, to, **told)
    ended = threading.Event()

    def watch() -> None:
        nonlocal seen
        while not ended.wait(_LOOK_SECONDS):
            now = _state(root)
            if now == seen:
                continue
            seen = now
            try:
                rendered(root, to, **told)
            except (ZooError, OSError) as error:
                print(f"{error}. What is served stays", file=sys.stderr, flush=True)

    watcher = threading.Thread(target=watch, name="models.config", daemon=True)
    watcher.start()
    try:
        yield path
    finally:
        ended.set()
        watcher.join()


def _state(root: str | os.PathLike) -> tuple[int, int, int] | None:
    """What differs once the file was replaced; none while there is none."""
    with contextlib.suppress(OSError):
        status = os.stat(Path(root) / models_config.FILE)
        return status.st_ino, status.st_mtime_ns, status.st_size
    return None
