"""Records are parsed before the shuffle where memory holds all of their codes."""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from pipelines.batches import reading, samples, selection
from pipelines.batches.settings import BatchSettings
from pipelines.records.data_set import DataSet
from pipelines.records.shard import Shard


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """When the records of a training stream are parsed.

    Args:
        prepare: from a serialized record to a sample, see `samples.stored`.
        cached: whether samples stay in memory, so that the first epoch alone parses.
    """

    prepare: Callable[[tf.Tensor], samples.Element]
    cached: bool

    def before_shuffle(self, records: tf.data.Dataset) -> tf.data.Dataset:
        """The records, or the samples that memory keeps."""
        if not self.cached:
            return records
        return reading.mapped(records, self.prepare).cache()

    def after_shuffle(self, element: tf.Tensor | samples.Element) -> samples.Element:
        """The sample of an element that `before_shuffle` gave."""
        return element if self.cached else self.prepare(element)


def preparation(
    data: DataSet,
    shards: tuple[Shard, ...],
    settings: BatchSettings,
    variation: samples.Variation,
    *,
    cache_bytes: int | None,
    require_target: bool,
    beside: tuple[Shard, ...] = (),
) -> Preparation:
    """How the records of those shards are prepared for training.

    Args:
        variation: what the samples are to undergo.
        cache_bytes, beside: see `reading.fits`.
        require_target: whether a sample without a target is an error.

    Raises:
        UsageError: channels that the data set has not, or a variation that so many
            channels or slices can't have.
    """
    chosen = selection.channel_indices(data.task, settings.channels)
    samples.check(variation, data.task, len(chosen))
    prepare = samples.stored(
        data.task,
        chosen,
        settings.normalisation,
        settings.encoding,
        require_target=require_target,
    )
    cached = reading.fits(data, shards, len(chosen), cache_bytes, beside=beside)
    return Preparation(prepare=prepare, cached=cached)
