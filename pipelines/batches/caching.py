"""Records become samples before the shuffle where memory holds all of them."""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from pipelines.batches import normalisation, reading, samples, selection
from pipelines.batches.settings import BatchSettings
from pipelines.records.data_set import DataSet
from pipelines.records.shard import Shard


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """When the records of a training stream are parsed and normalised.

    Args:
        prepare: from a serialized record to a sample, see `samples.normalised` and
            `samples.stored`.
        stored_for: the normalisation that samples still want, see `samples.varied`.
        cached: whether samples stay in memory, so that the first epoch alone parses.
    """

    prepare: Callable[[tf.Tensor], samples.Element]
    stored_for: normalisation.Kind | None
    cached: bool

    def before_shuffle(self, records: tf.data.Dataset) -> tf.data.Dataset:
        """The records, or the samples that memory keeps."""
        if not self.cached:
            return records
        return reading.mapped(records, self.prepare).cache()

    def varied(
        self,
        element: tf.Tensor | samples.Element,
        seed: tf.Tensor,
        variation: samples.Variation,
    ) -> samples.Element:
        """The varied sample of an element that `before_shuffle` gave."""
        sample = element if self.cached else self.prepare(element)
        return samples.varied(sample, seed, variation, self.stored_for)


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
        cache_bytes, beside: see `reading.kept`.
        require_target: whether a sample without a target is an error.

    Raises:
        UsageError: channels that the data set has not, or a variation that so many
            channels or slices can't have.
    """
    chosen = selection.channel_indices(data.task, settings.channels)
    samples.check(variation, data.task, len(chosen))
    kept = reading.kept(data, shards, len(chosen), cache_bytes, beside=beside)
    prepare = samples.normalised if kept == "normalised" else samples.stored
    return Preparation(
        prepare=prepare(
            data.task,
            chosen,
            settings.normalisation,
            settings.encoding,
            require_target=require_target,
        ),
        stored_for=None if kept == "normalised" else settings.normalisation,
        cached=kept is not None,
    )
