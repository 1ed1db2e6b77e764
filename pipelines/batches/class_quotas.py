"""How many samples of every class a batch has, and whether there are any."""

import math
from collections.abc import Sequence

from pipelines.batches.selection import shards_of
from pipelines.errors import DataError, UsageError
from pipelines.records.data_set import DataSet
from pipelines.records.shard import Shard
from pipelines.tasks.target_kinds import LABEL_KINDS


def quotas(
    balance: Sequence[float], batch_size: int, classes: Sequence[str]
) -> tuple[int, ...]:
    """Samples of every class in a batch, `[K]`.

    Args:
        balance: what the shares of the classes are in proportion to: `(1, 1)` and
            `(0.5, 0.5)` say the same.
        classes: K names.

    Raises:
        UsageError: not one positive share for each class, or shares that a batch of
            that size can't have exactly.
    """
    named = ", ".join(classes)
    given = " ".join(f"{share:g}" for share in balance)
    if len(balance) != len(classes) or min(balance) <= 0:
        raise UsageError(
            f"balance wants one positive share for each class: {named}. Received: "
            f"{given}"
        )
    shares = [share / math.fsum(balance) for share in balance]
    if not _whole(shares, batch_size):
        near = sorted(range(1, 4 * batch_size), key=lambda n: abs(n - batch_size))
        fitting = [str(n) for n in near if _whole(shares, n)][:2]
        cure = f"a batch of {' or '.join(fitting)}" if fitting else "rounder shares"
        wanted = " + ".join(f"{share * batch_size:g}" for share in shares)
        raise UsageError(
            f"a batch of {batch_size} can't be shared out by balance {given}: {wanted} "
            f"samples of {named}. Take {cure}"
        )
    return tuple(round(share * batch_size) for share in shares)


def check(
    balance: Sequence[float], data: DataSet, fold: str | None, batch_size: int
) -> None:
    """Raises what batches with that balance would raise, without making any.

    Args:
        balance: as of `quotas`; empty = every sample as often as any other.
        fold: to leave out, where the data set has folds.
    """
    if balance:
        quotas(balance, batch_size, data.classes)
        count_classes(data, shards_of(data, "train", fold))


def count_classes(data: DataSet, shards: Sequence[Shard]) -> tuple[int, ...]:
    """Samples of every class in the groups of `shards`, `[K]`.

    Raises:
        UsageError: samples of the task do not have one class each.
        DataError: a class without a sample.
    """
    if not data.task.target.is_single_label:
        able = [name for name, kind in LABEL_KINDS.items() if kind.single_label]
        raise UsageError(
            "balance wants samples of one class each: a task of target.kind "
            f"{' or '.join(repr(name) for name in able)}. Received: "
            f"{data.task.target.kind!r} of task {data.task.name}"
        )
    groups = {shard.group for shard in shards}
    counts = tuple(
        sum(data.counts[group].classes[name] for group in groups)
        for name in data.classes
    )
    if min(counts) == 0:
        counted = ", ".join(f"{n} of {name}" for n, name in zip(counts, data.classes))
        raise DataError(
            "balanced batches want samples of every class to train with. Received: "
            f"{counted}. Ingest with a split plan that gives some of each"
        )
    return counts


def _whole(shares: Sequence[float], size: int) -> bool:
    """Whether every share of `size` is a whole number of samples, 1 or more."""
    parts = [share * size for share in shares]
    return all(
        round(part) >= 1 and math.isclose(part, round(part), abs_tol=1e-6)
        for part in parts
    )
