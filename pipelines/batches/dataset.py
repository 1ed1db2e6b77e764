"""Batches of a data set: a stream for training, and one for evaluation.

Training: read -> (parse -> cache) -> shuffle -> (parse) -> draw and normalise -> batch
-> mix -> prefetch. Normalised samples stay in memory if they fit, else their int16
codes, so that only the first epoch parses; else every epoch does.
Evaluation: read -> parse -> normalise -> batch -> prefetch, in the order of the shards.
"""

from collections.abc import Callable
from functools import partial

import tensorflow as tf

from pipelines.augment.augmentation import Augmentation
from pipelines.batches import balance as balancing
from pipelines.batches import (
    class_quotas,
    order,
    reading,
    samples,
    selection,
)
from pipelines.batches.caching import Preparation, preparation
from pipelines.batches.samples import UNVARIED, Variation
from pipelines.batches.settings import BatchSettings
from pipelines.errors import DataError
from pipelines.records import decode
from pipelines.records.data_set import DataSet
from pipelines.records.shard import Shard

_BATCHES_AHEAD = 2
_LAST_EPOCH = 2**40


def train_batches(
    data: DataSet,
    settings: BatchSettings,
    *,
    variation: Variation = UNVARIED,
    seed: int,
    balance: tuple[float, ...] = (),
    first_epoch: int = 0,
    cache_bytes: int | None = None,
) -> tf.data.Dataset:
    """Batches without end; each `steps_per_epoch` of them are one epoch.

    Order and draws of an epoch follow from the seed and the epoch's number alone, so a
    resumed run sees what the uninterrupted one would have, cached or not. The rest of
    an epoch that fills no batch is left out, another one in each epoch. Take one
    iterator for all epochs: a new one starts at `first_epoch`.

    Args:
        variation: what is drawn anew for every sample in every epoch.
        balance: share of each class in every batch, see `class_quotas.quotas`; an epoch
            then draws as many samples as there are, rare ones several times. Empty =
            every sample as often as any other.
        cache_bytes: memory for volumes, see `reading.kept`.

    Returns:
        Dicts: `volume` `[B, D, H, W, C]`, or `[B, slices, H, W, adjacent * C]` where
        slices are drawn; `target` `[B, T]`, `present`
        `[B, C]`, `covariates` `[B, len(encoding.names)]` (float32); `sample_id`,
        `patient_id`, `study_id` `[B]` (string). Where samples are mixed also
        `partner_target` `[B, T]` and `share` `[B]`, see `cutmix_mixup.mix`.

    Raises:
        DataError: fewer samples than a batch, or a file system that can't be reached.
        UsageError: channels, slices or a fold that the data set has not, changes that
            so many channels can't have, or shares that a batch can't have.
    """
    shards = selection.shards_of(data, "train", settings.fold)
    samples_per_epoch = steps_per_epoch(data, settings) * settings.batch_size
    prepared = preparation(
        data, shards, settings, variation, cache_bytes=cache_bytes, require_target=True
    )
    ordered = _order(data, shards, prepared, settings.batch_size, balance)

    def epoch(number: tf.Tensor) -> tf.data.Dataset:
        drawn_by = order.epoch_seed(seed, number)
        return order.numbered(ordered(drawn_by).take(samples_per_epoch), drawn_by)

    def sample(drawn_by: tf.Tensor, place: tf.Tensor, element):  # noqa: ANN001
        by_sample = tf.random.experimental.stateless_fold_in(drawn_by, place)
        return by_sample, prepared.varied(element, by_sample, variation)

    def mixed(seeds: tf.Tensor, batch: samples.Element) -> samples.Element:
        return samples.mixed(batch, seeds[0], variation)

    plain = tf.autograph.experimental.do_not_convert(epoch)  # as `reading.mapped`
    shuffled = tf.data.Dataset.range(first_epoch, _LAST_EPOCH).flat_map(plain)
    varied = reading.mapped(shuffled, sample)
    batches = varied.batch(settings.batch_size, drop_remainder=True)
    endless = tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
    ahead = reading.mapped(batches, mixed).apply(endless).prefetch(_BATCHES_AHEAD)
    return reading.untuned(ahead)


def steps_per_epoch(data: DataSet, settings: BatchSettings) -> int:
    """Full batches in one pass over the training samples.

    Raises:
        DataError: fewer samples than a batch.
    """
    shards = selection.shards_of(data, "train", settings.fold)
    total, batch_size = reading.samples(data, shards), settings.batch_size
    if batch_size < 1 or total < batch_size:
        raise DataError(
            f"{data.path} has {total} samples for train, which fill no batch. Take a "
            f"batch_size between 1 and {total}. Received: batch_size={batch_size}"
        )
    return total // batch_size


def eval_batches(
    data: DataSet, settings: BatchSettings, *, split: selection.Role
) -> tf.data.Dataset:
    """All samples of a role once, in the order of shards and records.

    The last batch may be smaller, and an unknown target is NaN. For elements and
    errors see `train_batches`.
    """
    return _plain_batches(data, settings, split, held_out=False)


def held_out_batches(
    data: DataSet, settings: BatchSettings, *, split: selection.Role
) -> tf.data.Dataset:
    """As `eval_batches`, of the samples whose class is held out; it is NaN."""
    return _plain_batches(data, settings, split, held_out=True)


def _plain_batches(
    data: DataSet, settings: BatchSettings, split: selection.Role, *, held_out: bool
) -> tf.data.Dataset:
    records, prepare = _evaluated(data, settings, split, held_out=held_out)
    plain = reading.mapped(
        records, lambda record: samples.without_space(prepare(record))
    )
    batches = plain.batch(settings.batch_size).prefetch(_BATCHES_AHEAD)
    return reading.untuned(batches)


def augmented_eval_batches(
    data: DataSet,
    settings: BatchSettings,
    *,
    split: selection.Role,
    augmentation: Augmentation,
    seed: int,
    number: int,
) -> tf.data.Dataset:
    """As `eval_batches`, of whole volumes that are changed: test-time augmentation.

    What a sample's changes are follows from the seed, the number and the sample's place
    alone. Samples are not mixed.

    Args:
        augmentation: the changes.
        number: of the pass over the samples, each of which draws anew.

    Raises:
        UsageError: changes that so many channels can't have.
    """
    variation = Variation(augmentation=augmentation)
    channels = selection.channel_indices(data.task, settings.channels)
    samples.check(variation, data.task, len(channels))
    records, prepare = _evaluated(data, settings, split)

    def sample(place: tf.Tensor, record: tf.Tensor) -> samples.Element:
        drawn_by = order.epoch_seed(seed, tf.constant(number, tf.int64))
        by_sample = tf.random.experimental.stateless_fold_in(drawn_by, place)
        return samples.varied(prepare(record), by_sample, variation)

    changed = reading.mapped(records.enumerate(), sample)
    batches = changed.batch(settings.batch_size).prefetch(_BATCHES_AHEAD)
    return reading.untuned(batches)


def _evaluated(
    data: DataSet,
    settings: BatchSettings,
    split: selection.Role,
    *,
    held_out: bool = False,
) -> tuple[tf.data.Dataset, Callable[[tf.Tensor], samples.Element]]:
    """The records of a role in their order, and what makes samples of them."""
    shards = selection.shards_of(data, split, settings.fold)
    prepare = samples.normalised(
        data.task,
        selection.channel_indices(data.task, settings.channels),
        settings.normalisation,
        settings.encoding,
        require_target=False,
    )
    records = reading.records(data, shards, in_turn=False, held_out=held_out)
    return records, prepare


def _order(
    data: DataSet,
    shards: tuple[Shard, ...],
    prepared: Preparation,
    batch_size: int,
    balance: tuple[float, ...],
) -> Callable[[tf.Tensor], tf.data.Dataset]:
    """From the seed of an epoch `[2]` to its samples in their order."""
    records = reading.records(data, shards, in_turn=True)
    buffer = reading.shuffle_buffer(data, shards, batch_size)
    if not balance:
        source = prepared.before_shuffle(records)
        return lambda drawn_by: order.shuffled(source, buffer, drawn_by)
    quota = class_quotas.quotas(balance, batch_size, data.classes)
    counts = class_quotas.count_classes(data, shards)
    target = decode.target_parser(data.task)
    sources = balancing.by_class(
        records,
        lambda record: target(record)[0],
        prepared.before_shuffle,
        len(counts),
    )
    return partial(balancing.epoch, sources, counts, buffer, quota)
