"""A version that was just exported gets its label."""

import os

from zoo.serving.model_root import (
    folder,
    label_history,
    labels,
    models_config,
    versions,
)


def register(root: str | os.PathLike, name: str, version: int) -> str:
    """Has the server load a new version, under a label.

    The first version of a name becomes `stable`, a later one `canary`; one that
    carries either already keeps it. Call it when the version's folder has its name.
    The files that a model root lacks are made.

    Returns:
        The label.

    Raises:
        UsageError: no such version.
        DataError: it is not whole; `models.config` can't be read; another process
            holds the root.
    """
    versions.check_whole(root, name, version)
    folder.fill(root)
    with models_config.changing(root) as config:
        carried = labels.of(config, name)
        for label in labels.LABELS:
            if carried.get(label) == version:
                return label
        label = labels.CANARY if labels.STABLE in carried else labels.STABLE
        past = label_history.before(root, name, carried.get(labels.STABLE))
        loaded = labels.Loaded(before=past[-1:], after=past[-1:])
        labels.give(config, name, label, version, loaded)
    return label
