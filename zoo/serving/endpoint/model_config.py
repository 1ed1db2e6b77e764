"""Which models a configuration asks for, and which of their versions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2
from tensorflow_serving.config.file_system_storage_path_source_pb2 import (
    FileSystemStoragePathSourceConfig,
)

from pipelines.errors import DataError

_Policy = FileSystemStoragePathSourceConfig.ServableVersionPolicy
_PLATFORMS = ("tensorflow", "")


@dataclass(frozen=True, kw_only=True)
class ServedModel:
    """One model of the configuration."""

    name: str
    base_path: Path  # below it a directory for each version, named by its number
    policy: _Policy
    labels: Mapping[str, int]

    def wanted(self, versions: Collection[int]) -> frozenset[int]:
        """Those of the versions on disk that the policy asks for."""
        if self.policy.HasField("all"):
            return frozenset(versions)
        if self.policy.HasField("specific"):
            return frozenset(versions) & {*self.policy.specific.versions}
        number = self.policy.latest.num_versions or 1
        return frozenset(sorted(versions)[-number:])

    def missing(self, versions: Collection[int]) -> frozenset[int]:
        """Those that the policy asks for by number and that are not on disk."""
        return frozenset(self.policy.specific.versions) - {*versions}


def single(name: str, base_path: Path) -> tuple[ServedModel, ...]:
    """The newest version of one model."""
    return (ServedModel(name=name, base_path=base_path, policy=_Policy(), labels={}),)


def read(path: Path) -> tuple[ServedModel, ...]:
    """What a ModelServerConfig file (text proto) asks for.

    Raises:
        DataError: it can't be read, is empty (a file half written may be), or asks for
            what this server has not.
    """
    config = model_server_config_pb2.ModelServerConfig()
    try:
        text_format.Parse(path.read_bytes(), config)
    except (OSError, text_format.ParseError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is no readable ModelServerConfig: {error}") from error
    if not config.HasField("model_config_list"):
        raise DataError(f"{path} has no model_config_list")
    models = tuple(_model(one, path) for one in config.model_config_list.config)
    names = [model.name for model in models]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise DataError(f"{path} names models twice: {', '.join(sorted(twice))}")
    return models


def _model(config: model_server_config_pb2.ModelConfig, path: Path) -> ServedModel:
    if not config.name or not config.base_path:
        raise DataError(f"a model in {path} has no name or no base_path")
    if config.model_platform not in _PLATFORMS:
        raise DataError(
            f"model {config.name} in {path}: model_platform must be 'tensorflow'. "
            f"Received: {config.model_platform!r}"
        )
    return ServedModel(
        name=config.name,
        base_path=Path(config.base_path),
        policy=config.model_version_policy,
        labels=dict(config.version_labels),
    )


def on_disk(base_path: Path) -> dict[int, Path]:
    """The directory of every version below a base path.

    Raises:
        OSError: the base path can't be read.
    """
    return {
        int(path.name): path
        for path in sorted(base_path.iterdir())
        if path.name.isascii() and path.name.isdigit() and path.is_dir()
    }
