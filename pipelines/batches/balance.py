"""Batches in which every class has its share, however rare it is."""

import math
from collections.abc import Callable, Sequence

import tensorflow as tf

from pipelines.batches import order
from pipelines.errors import DataError, UsageError
from pipelines.records.data_set import DataSet
from pipelines.records.shards import Shard
from pipelines.tasks.target_kinds import LABEL_KINDS

_ENDLESS = 2**40
_BATCH, _CLASS = 2**40, 2**41  # folded into an epoch's seed; a sample's place is less


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


def by_class(
    records: tf.data.Dataset,
    label: Callable[[tf.Tensor], tf.Tensor],
    prepared: Callable[[tf.data.Dataset], tf.data.Dataset],
    classes: int,
) -> list[tf.data.Dataset]:
    """The records of every class, `[K]`, each read and prepared by itself.

    Args:
        label: from a serialized record to its class index, a float scalar.
        prepared: what is done with the records of a class.
    """

    def of(index: int) -> tf.data.Dataset:
        return prepared(records.filter(lambda record: label(record) == index))

    return [of(index) for index in range(classes)]


def epoch(
    sources: Sequence[tf.data.Dataset],
    counts: Sequence[int],
    buffer: int,
    quota: Sequence[int],
    drawn_by: tf.Tensor,
) -> tf.data.Dataset:
    """Samples without end; every `sum(quota)` of them have the quota of each class.

    A class goes round: all its samples once in a random order, then once again in
    another. Within a batch the classes stand in a random order.

    Args:
        sources: of every class, `[K]`.
        counts: samples in each, 1 or more.
        buffer: of the shuffle, for all classes together.
        drawn_by: seed `[2]`, of which the order is a function.
    """
    total = sum(counts)

    def rounds(index: int) -> tf.data.Dataset:
        class_seed = tf.random.experimental.stateless_fold_in(drawn_by, _CLASS + index)
        # One more than there are, so that the end is seen at once: a cache behind
        # that is whole only then.
        held = counts[index] * buffer // total + 1

        def once(number: tf.Tensor) -> tf.data.Dataset:
            seed = tf.random.experimental.stateless_fold_in(class_seed, number)
            return order.shuffled(sources[index], held, seed)

        return tf.data.Dataset.range(_ENDLESS).flat_map(once)

    in_batch = tf.random.experimental.stateless_fold_in(drawn_by, _BATCH)
    slots = tf.constant([i for i, n in enumerate(quota) for _ in range(n)], tf.int64)

    def batch(number: tf.Tensor) -> tf.data.Dataset:
        seed = tf.random.experimental.stateless_fold_in(in_batch, number)
        shuffled = tf.random.experimental.stateless_shuffle(slots, seed)
        return tf.data.Dataset.from_tensor_slices(shuffled)

    turns = tf.data.Dataset.range(_ENDLESS).flat_map(batch)
    return tf.data.Dataset.choose_from_datasets(
        [rounds(index) for index in range(len(sources))], turns
    )


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
