"""`models.config`: which models and versions TensorFlow Serving loads, and labels.

A `ModelServerConfig` as text. What is edited by hand in it stays, but for comments
below the first line that is none.
"""

import contextlib
import itertools
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from google.protobuf import text_format
from tensorflow_serving.config.model_server_config_pb2 import (
    ModelConfig,
    ModelServerConfig,
)

from pipelines.errors import DataError
from pipelines.storage import atomic_files, lock

FILE = "models.config"
MODELS_AT = "/models"  # where the root lies in a container
_LOCK = ".models.lock"
_PATIENCE_SECONDS = 30
_HEAD = """\
# Which models and versions TensorFlow Serving loads, and their labels. Written by
# zoo.export and zoo.promote; what is edited by hand stays, but comments below do not.
"""


def read(root: str | os.PathLike) -> ModelServerConfig:
    """What the file of a model root says; nothing where there is no file.

    Raises:
        DataError: it can't be read, is no such text, names a model twice or without a
            name, or holds something other than a list of models.
    """
    return parse(Path(root) / FILE)


def parse(path: Path) -> ModelServerConfig:
    """What a file says; raises as `read`."""
    config = ModelServerConfig()
    try:
        text_format.Parse(_text(path), config)
    except text_format.ParseError as error:
        raise DataError(
            f"{path} can't be read: line {error.GetLine()}, column "
            f"{error.GetColumn()}: {error}. Correct that line, or remove the file and "
            "give the labels anew with python -m zoo.promote"
        ) from error
    if config.WhichOneof("config") == "custom_model_config":
        raise DataError(
            f"{path} holds a custom_model_config; a model_config_list is wanted"
        )
    names = [model.name for model in config.model_config_list.config]
    wrong = sorted({name or "(no name)" for name in names if names.count(name) > 1})
    if wrong or "" in names:
        raise DataError(
            f"{path} names each model once. Received twice or without a name: "
            f"{', '.join(wrong) or '(no name)'}"
        )
    return config


def entry(config: ModelServerConfig, name: str) -> ModelConfig | None:
    """What a configuration says of a model; none if nothing."""
    models = config.model_config_list.config
    return next((model for model in models if model.name == name), None)


@contextlib.contextmanager
def changing(root: str | os.PathLike) -> Iterator[ModelServerConfig]:
    """Yields what the file says, and writes what has become of it, whole or not at all.

    Other processes wait meanwhile. If the block raises, nothing is written.

    Raises:
        DataError: as `read`; another process holds the root for half a minute.
    """
    with _held(root):
        config = read(root)
        before = config.SerializeToString(deterministic=True)
        yield config
        if config.SerializeToString(deterministic=True) != before:
            path = Path(root) / FILE
            atomic_files.write_text(path, _head(_text(path)) + _body(config))


def begin(root: str | os.PathLike) -> None:
    """Makes the file, of no models, where there is none; raises as `changing`."""
    if (Path(root) / FILE).exists():  # a root may be there for reading alone
        return
    with _held(root):
        if not (Path(root) / FILE).exists():
            write(Path(root) / FILE, ModelServerConfig())


def _held(root: str | os.PathLike) -> AbstractContextManager[None]:
    return lock.hold(
        Path(root) / _LOCK, subject=str(root), wait_seconds=_PATIENCE_SECONDS
    )


def write(path: Path, config: ModelServerConfig) -> None:
    """Writes a configuration as a file of its own, whole or not at all."""
    atomic_files.write_text(path, _HEAD + _body(config))


def _body(config: ModelServerConfig) -> str:
    """The text of a configuration; a list of no models is a list all the same."""
    config.model_config_list.SetInParent()
    return text_format.MessageToString(config)


def _head(text: str) -> str:
    """The comment that a file begins with; ours in a new one."""
    lines = text.splitlines(keepends=True)
    head = itertools.takewhile(lambda line: line.startswith("#"), lines)
    return "".join(head) or _HEAD


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise DataError(f"{path} can't be read: {error}") from error
