"""Labels move from version to version, and back.

The version that was `stable` before stays loaded: a server that polls its
configuration loses no request in between, and a rollback waits for nothing.
"""

import os

from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from pipelines.errors import UsageError
from zoo.serving.model_root import label_history, labels, models_config, versions


def promote(root: str | os.PathLike, name: str, version: int, label: str) -> None:
    """Has a version carry a label from now on.

    Raises:
        UsageError: no such model, version or label.
        DataError: the version is not whole; a file of the root can't be read; another
            process holds the root.
    """
    labels.check(label)
    versions.check_whole(root, name, version)
    with models_config.changing(root) as config:
        stable = labels.of(config, name).get(labels.STABLE)
        past = after = label_history.before(root, name, stable)
        if label == labels.STABLE and stable not in (None, version):
            after = (*past, stable)
            label_history.write(root, name, after)
        loaded = labels.Loaded(before=past[-1:], after=after[-1:])
        labels.give(config, name, label, version, loaded)


def rollback(root: str | os.PathLike, name: str) -> int:
    """Gives `stable` back to the version that carried it before.

    Returns:
        That version.

    Raises:
        UsageError: no such model; there was none before, or it is gone.
        DataError: as `promote`.
    """
    versions.check_name(name)
    with models_config.changing(root) as config:
        _check_served(root, config, name)
        stable = labels.of(config, name).get(labels.STABLE)
        past = label_history.before(root, name, stable)
        if not past:
            raise UsageError(
                f"{name} has nothing to roll back to: no version was stable before "
                f"{stable}. Name one: python -m zoo.promote {name} VERSION --label "
                "stable"
            )
        *earlier, version = past
        versions.check_whole(root, name, version)
        label_history.write(root, name, past)
        loaded = labels.Loaded(before=past[-1:], after=tuple(earlier[-1:]))
        labels.give(config, name, labels.STABLE, version, loaded)
    return version


def _check_served(
    root: str | os.PathLike, config: ModelServerConfig, name: str
) -> None:
    known = [model.name for model in config.model_config_list.config]
    if name not in known:
        raise UsageError(
            f"{root} serves no model named {name}. It serves "
            f"{', '.join(known) or 'none'}"
        )
