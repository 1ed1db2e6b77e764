"""Which shards and channels are read for a role."""

from typing import Literal

from pipelines.errors import DataError, UsageError
from pipelines.records.data_set import DataSet
from pipelines.records.shard import Shard
from pipelines.splits.roles import roles
from pipelines.tasks.task import Task

Role = Literal["train", "validation", "test"]

_CURE = "Change [split] of the task and ingest again"
_CURES = {
    "unlabelled": "Ingest with missing_label = 'keep' in the task file, and with "
    "patients who have no label"
}


def shards_of(
    data: DataSet, role: Role | Literal["unlabelled"], fold: str | None
) -> tuple[Shard, ...]:
    """The shards that play a role, in the order of their names.

    Raises:
        DataError: no record plays that role.
        UsageError: a fold that the split has not, or none where it takes one.
    """
    played = roles(data.groups, data.task.split, fold)
    shards = [shard for shard in data.shards if played.get(shard.group) == role]
    if not shards:
        where = "" if fold is None else f" in fold {fold}"
        raise DataError(
            f"{data.path} has no sample for {role}{where}; its groups are "
            f"{', '.join(data.groups) or 'none'}. {_CURES.get(role, _CURE)}"
        )
    return tuple(sorted(shards, key=lambda shard: shard.name))


def channel_indices(task: Task, channels: tuple[str, ...]) -> tuple[int, ...]:
    """Places of `channels` in a record, in the order asked for; empty = all.

    Raises:
        UsageError: a channel that the data set has not, or one twice.
    """
    unknown = [name for name in channels if name not in task.channels]
    if unknown or len({*channels}) != len(channels):
        raise UsageError(
            f"the data set has the channels {', '.join(task.channels)}, each to be "
            f"used once. Received: {', '.join(channels)}"
        )
    return tuple(task.channels.index(name) for name in channels or task.channels)
