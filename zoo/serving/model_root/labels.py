"""Labels of versions in `models.config`: who carries which, what is loaded for them."""

from dataclasses import dataclass

from tensorflow_serving.config.file_system_storage_path_source_pb2 import (
    FileSystemStoragePathSourceConfig,
)
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from pipelines.errors import UsageError
from zoo.serving.model_root import models_config

STABLE, CANARY = LABELS = ("stable", "canary")
_Policy = FileSystemStoragePathSourceConfig.ServableVersionPolicy


def check(label: str) -> None:
    """Whether a label is one of ours.

    Raises:
        UsageError: it is not.
    """
    if label not in LABELS:
        raise UsageError(f"a label is stable or canary. Received: {label}")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Versions that are loaded without a label: until now, and from now on."""

    before: tuple[int, ...]
    after: tuple[int, ...]


def give(
    config: ModelServerConfig, name: str, label: str, version: int, loaded: Loaded
) -> None:
    """Has a version carry a label, and the server load what carries one.

    Versions that a hand wrote into the policy stay, and so does the policy `all`; the
    policy `latest` could miss a labelled version and gives way to `specific`.
    """
    model = models_config.entry(config, name)
    if model is None:
        model = config.model_config_list.config.add(
            name=name,
            base_path=f"{models_config.MODELS_AT}/{name}",
            model_platform="tensorflow",
        )
    policy = model.model_version_policy
    by_hand = {*policy.specific.versions} - {
        *model.version_labels.values(),
        *loaded.before,
    }
    model.version_labels[label] = version
    if policy.WhichOneof("policy_choice") != "all":
        wanted = {*by_hand, *model.version_labels.values(), *loaded.after}
        specific = _Policy.Specific(versions=sorted(wanted))
        model.model_version_policy.CopyFrom(_Policy(specific=specific))


def of(config: ModelServerConfig, name: str) -> dict[str, int]:
    """The version that each label of a model names; empty for no model."""
    model = models_config.entry(config, name)
    return {} if model is None else dict(model.version_labels)
