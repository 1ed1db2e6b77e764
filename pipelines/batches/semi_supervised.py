"""Batches of labelled samples with unlabelled ones beside them, as MixMatch takes them.

read -> parse -> (cache) -> shuffle -> draw and normalise several times -> batch ->
prefetch.
"""

from collections.abc import Callable
from functools import partial

import tensorflow as tf

from pipelines.augment.mixing import mixmatch_pairs
from pipelines.batches import order, reading, samples, selection
from pipelines.batches.caching import preparation
from pipelines.batches.settings import BatchSettings
from pipelines.records.data_set import DataSet

_BATCHES_AHEAD = 2
_ENDLESS = 2**40
_ROUNDS, _PAIRS = 1, 2  # streams of draws; that of the labelled samples is 0


def unlabelled_batches(
    data: DataSet,
    settings: BatchSettings,
    *,
    variation: samples.Variation,
    seed: int,
    copies: int,
    first_batch: int = 0,
    cache_bytes: int | None = None,
) -> tf.data.Dataset:
    """Batches without end of the samples without a label, each drawn several times.

    The samples go round: all of them once in a random order, then once again in
    another; a batch may hold the end of a round and the beginning of the next. Order
    and draws follow from the seed and the number of the batch alone.

    By site, the unlabelled samples of the site that is left out are left out too.

    Args:
        variation: what is drawn for every copy; without mixing, which is MixMatch's.
        copies: of every sample, K, each changed by draws of its own.
        first_batch: how many were taken before.
        cache_bytes: memory for volumes; none = what those of the training
            split leave of a quarter of the machine's.

    Returns:
        Dicts: `volume` `[B, K, D, H, W, C]` (or slices, as `dataset.train_batches`),
        `present` `[B, K, C]`, `covariates` `[B, len(encoding.names)]`, and `target`
        `[B, T]`, which is NaN (float32); `sample_id`, `patient_id`, `study_id` `[B]`.

    Raises:
        DataError: no samples without a label, or a file system that can't be reached.
        UsageError: as `dataset.train_batches`.
        ValueError: a variation that mixes samples.
    """
    _check_unmixed(variation)
    shards = selection.shards_of(data, "unlabelled", settings.fold)
    prepared = preparation(
        data,
        shards,
        settings,
        variation,
        cache_bytes=cache_bytes,
        require_target=False,
        beside=selection.shards_of(data, "train", settings.fold),
    )
    source = prepared.before_shuffle(reading.records(data, shards, in_turn=True))
    # One more than there are, so that the cache sees its end.
    buffer = reading.shuffle_buffer(data, shards, settings.batch_size) + 1

    def of_round(number: tf.Tensor) -> tf.data.Dataset:
        drawn_by = order.epoch_seed(seed, number, _ROUNDS)
        return order.numbered(order.shuffled(source, buffer, drawn_by), drawn_by)

    def sample(drawn_by: tf.Tensor, place: tf.Tensor, element):  # noqa: ANN001
        by_sample = tf.random.experimental.stateless_fold_in(drawn_by, place)
        draw = partial(prepared.varied, element, variation=variation)
        return _copies(draw, by_sample, copies)

    taken = first_batch * settings.batch_size
    whole_rounds, begun = divmod(taken, reading.count(shards))
    rounds = tf.data.Dataset.range(whole_rounds, _ENDLESS).flat_map(of_round)
    drawn = reading.mapped(rounds.skip(begun), sample)
    batches = drawn.batch(settings.batch_size, drop_remainder=True)
    endless = tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
    return reading.untuned(batches.apply(endless).prefetch(_BATCHES_AHEAD))


def beside(
    labelled: tf.data.Dataset,
    unlabelled: tf.data.Dataset,
    *,
    seed: int,
    alpha: float,
    first_batch: int = 0,
) -> tf.data.Dataset:
    """Each batch of labelled samples with one of unlabelled ones, and who is mixed.

    The union has N = B + B * K samples: the B labelled ones, then of each unlabelled
    one its K copies.

    Args:
        labelled: of `dataset.train_batches`, not mixed.
        unlabelled: of `unlabelled_batches`.
        alpha: of the Beta distribution of the shares, see `mixmatch_pairs.pairs`.
        first_batch: how many were taken before; the pairs follow from the seed and the
            number of the batch.

    Returns:
        The labelled batches with `unlabelled_volume` `[B, K, D, H, W, C]` and
        `unlabelled_covariates`, and of the union `partner` `[N]` and `own_share` `[N]`.
    """

    def joined(
        number: tf.Tensor, of_labelled: samples.Element, of_unlabelled: samples.Element
    ) -> samples.Element:
        present = of_unlabelled["present"]
        present = tf.reshape(present, [-1, present.shape[-1]])
        partner, share = mixmatch_pairs.pairs(
            tf.concat([of_labelled["present"], present], axis=0),
            order.epoch_seed(seed, number, _PAIRS),
            alpha,
        )
        return of_labelled | {
            "unlabelled_volume": of_unlabelled["volume"],
            "unlabelled_covariates": of_unlabelled["covariates"],
            "partner": partner,
            "own_share": share,
        }

    numbers = tf.data.Dataset.range(first_batch, _ENDLESS)
    together = tf.data.Dataset.zip((numbers, labelled, unlabelled))
    endless = tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
    return reading.mapped(together, joined).apply(endless)


def _check_unmixed(variation: samples.Variation) -> None:
    if variation.augmentation.mixing.mixes:
        raise ValueError(
            "MixMatch mixes unlabelled samples itself: leave augmentation.mixing out. "
            f"Received: {variation.augmentation.mixing}"
        )


def _copies(
    drawn_by: Callable[..., samples.Element], seed: tf.Tensor, copies: int
) -> samples.Element:
    """A sample with `copies` draws of its volume, `[K, ...]`, and what they show."""
    drawn = [
        drawn_by(seed=tf.random.experimental.stateless_fold_in(seed, number))
        for number in range(copies)
    ]
    stacked = {
        name: tf.stack([copy[name] for copy in drawn]) for name in ("volume", "present")
    }
    return drawn[0] | stacked
