"""Batches in which every class has its share, however rare it is."""

from collections.abc import Callable, Sequence

import tensorflow as tf

from pipelines.batches import order

_ENDLESS = 2**40
_BATCH, _CLASS = 2**40, 2**41  # folded into an epoch's seed; a sample's place is less


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
