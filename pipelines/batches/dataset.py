"""Batches of a data set for training and evaluation: the one place with `tf.data`.

Training: read -> shuffle -> parse -> normalise -> draw -> batch -> mix -> prefetch. The
normalised samples stay in memory if they fit, so that only the first epoch parses.
Evaluation: read -> parse -> normalise -> batch -> prefetch, in the order of the shards.
"""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial

import tensorflow as tf

from pipelines.augment.augmentation import NONE, Augmentation
from pipelines.augment.mixing import cutmix_mixup
from pipelines.batches import balance as balancing
from pipelines.batches import normalisation as intensity_normalisation
from pipelines.batches import order, reading, samples, selection
from pipelines.batches.depth import Policy
from pipelines.covariates.encoding import NO_COVARIATES, Encoding
from pipelines.errors import DataError
from pipelines.records import decode
from pipelines.records.data_set import CURE, DataSet
from pipelines.records.shards import Shard
from pipelines.records.verification import damaged_shards

_BATCHES_AHEAD = 2
_LAST_EPOCH = 2**40
_MIXED = 2**20  # folded into the seed of a batch's first sample, for its mixing


def train_batches(
    data: DataSet,
    *,
    fold: str | None = None,
    channels: tuple[str, ...] = (),
    normalisation: intensity_normalisation.Kind,
    encoding: Encoding = NO_COVARIATES,
    batch_size: int,
    seed: int,
    augmentation: Augmentation = NONE,
    slices: int = 0,
    depth: tuple[float, float] = (0.0, 1.0),
    policy: Policy = "random",
    adjacent: int = 1,
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
        channels: names of the task's channels, in the order wanted; empty = all.
        encoding: of the covariates that samples come with; none = without.
        augmentation: random changes of the samples.
        slices: different slices drawn from each volume; 0 = the whole volume.
        depth: share of the depth that slices are drawn from.
        policy: how the drawn slices lie to each other, see `draws.draw_slices`.
        adjacent: odd; so many neighbouring slices are the channels of a drawn one.
        balance: share of each class in every batch, see `balance.quotas`; an epoch
            then draws as many samples as there are, rare ones several times. Empty =
            every sample as often as any other.
        cache_bytes: memory for normalised volumes; none = a quarter of the machine's.

    Returns:
        Dicts: `volume` `[B, D, H, W, C]`, or `[B, slices, H, W, adjacent * C]` where
        slices are drawn; `target` `[B, T]`, `present`
        `[B, C]`, `covariates` `[B, len(encoding.names)]` (float32); `sample_id`,
        `patient_id`, `study_id` `[B]` (string). Where samples are mixed also
        `partner_target` `[B, T]` and `share` `[B]`, see `mixture.mix`.

    Raises:
        DataError: fewer samples than a batch, or a file system that can't be reached.
        UsageError: channels, slices or a fold that the data set has not, changes that
            so many channels can't have, or shares that a batch can't have.
    """
    shards = selection.shards_of(data, "train", fold)
    steps = steps_per_epoch(data, fold=fold, batch_size=batch_size)
    chosen = selection.channel_indices(data.task, channels)
    variation = samples.Variation(
        spatial=augmentation.spatial,
        intensity=augmentation.intensity,
        slices=slices,
        depth=depth,
        policy=policy,
        adjacent=adjacent,
    )
    samples.check(variation, data.task, len(chosen))
    prepare = samples.normalised(
        data.task, chosen, normalisation, encoding, require_target=True
    )
    cached = reading.fits(data, shards, len(chosen), cache_bytes)

    def kept(records: tf.data.Dataset) -> tf.data.Dataset:
        return reading.mapped(records, prepare).cache() if cached else records

    order_by = _order(data, shards, kept, batch_size, balance)

    def of_epoch(number: tf.Tensor) -> tf.data.Dataset:
        drawn_by = order.epoch_seed(seed, number)
        one = order_by(drawn_by).take(steps * batch_size)
        return order.numbered(one, drawn_by)

    def finish(drawn_by: tf.Tensor, place: tf.Tensor, element):  # noqa: ANN001
        sample = element if cached else prepare(element)
        sample_seed = tf.random.experimental.stateless_fold_in(drawn_by, place)
        return sample_seed, samples.varied(sample, sample_seed, variation)

    def together(seeds: tf.Tensor, batch: samples.Element) -> samples.Element:
        if not augmentation.mixing.mixes:
            return batch
        mixed_by = tf.random.experimental.stateless_fold_in(seeds[0], _MIXED)
        rank = 2 if slices else 3
        return cutmix_mixup.mix(batch, mixed_by, augmentation.mixing, rank=rank)

    shuffled = tf.data.Dataset.range(first_epoch, _LAST_EPOCH).flat_map(of_epoch)
    varied = reading.mapped(shuffled, finish)
    batches = varied.batch(batch_size, drop_remainder=True)
    mixed = reading.mapped(batches, together)
    endless = tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
    return mixed.apply(endless).prefetch(_BATCHES_AHEAD)


def steps_per_epoch(data: DataSet, *, fold: str | None = None, batch_size: int) -> int:
    """Full batches in one pass over the training samples.

    Raises:
        DataError: fewer samples than a batch.
    """
    shards = selection.shards_of(data, "train", fold)
    total = sum(shard.records for shard in shards)
    if batch_size < 1 or total < batch_size:
        raise DataError(
            f"{data.path} has {total} samples for train, which fill no batch. Take a "
            f"batch_size between 1 and {total}. Received: batch_size={batch_size}"
        )
    return total // batch_size


def check_balance(
    data: DataSet, *, fold: str | None, batch_size: int, balance: tuple[float, ...]
) -> None:
    """Raises what `train_batches` would raise of that balance."""
    if balance:
        balancing.quotas(balance, batch_size, data.classes)
        balancing.count_classes(data, selection.shards_of(data, "train", fold))


def eval_batches(
    data: DataSet,
    *,
    split: selection.Role,
    fold: str | None = None,
    channels: tuple[str, ...] = (),
    normalisation: intensity_normalisation.Kind,
    encoding: Encoding = NO_COVARIATES,
    batch_size: int,
) -> tf.data.Dataset:
    """All samples of a role once, in the order of shards and records.

    The last batch may be smaller, and an unknown target is NaN. For elements,
    arguments and errors see `train_batches`.
    """
    shards = selection.shards_of(data, split, fold)
    chosen = selection.channel_indices(data.task, channels)
    prepare = samples.normalised(
        data.task, chosen, normalisation, encoding, require_target=False
    )
    records = reading.records(data, shards, in_turn=False)
    ready = reading.mapped(
        records, lambda record: samples.without_space(prepare(record))
    )
    return ready.batch(batch_size).prefetch(_BATCHES_AHEAD)


@contextlib.contextmanager
def guard(data: DataSet | None = None) -> Iterator[None]:
    """Turns what TensorFlow says of a damaged or foreign record into a DataError.

    Put it around the loop (or the `fit`) that takes the batches. TensorFlow does not
    say which file it was reading: with `data` the shards are hashed to find out.

    Raises:
        DataError: a shard is damaged, or holds records of another task.
    """
    try:
        yield
    except tf.errors.DataLossError as error:
        raise DataError(_damage(data, _damaged(data))) from error
    except tf.errors.NotFoundError as error:
        found = _damaged(data)
        if not found:
            raise
        raise DataError(_damage(data, found)) from error
    except tf.errors.InvalidArgumentError as error:
        if decode.FOREIGN not in str(error):
            raise
        raise DataError(
            f"the data set holds {decode.FOREIGN} than its dataset.json states. {CURE}"
        ) from error


def _damaged(data: DataSet | None) -> list[str]:
    if data is None:
        return []
    return [f"{shard.name} ({problem})" for shard, problem in damaged_shards(data)]


def _damage(data: DataSet | None, found: list[str]) -> str:
    if data is None:
        return (
            "a shard of the data set is damaged. `python -m pipelines.inspect DATASET "
            f"--verify` says which. {CURE}"
        )
    if not found:
        return (
            f"a shard of {data.path} could not be read, yet all have their recorded "
            "SHA-256: look at the disk or the network, and try again"
        )
    return f"{data.path} has damaged shards: {'; '.join(found)}. {CURE}"


def _order(
    data: DataSet,
    shards: tuple[Shard, ...],
    kept: Callable[[tf.data.Dataset], tf.data.Dataset],
    batch_size: int,
    balance: tuple[float, ...],
) -> Callable[[tf.Tensor], tf.data.Dataset]:
    """From the seed of an epoch `[2]` to its samples in their order.

    Args:
        kept: what is done with records before they are put in order.
    """
    records = reading.records(data, shards, in_turn=True)
    buffer = reading.shuffle_buffer(data, shards, batch_size)
    if not balance:
        source = kept(records)
        return lambda drawn_by: order.shuffled(source, buffer, drawn_by)
    quota = balancing.quotas(balance, batch_size, data.classes)
    counts = balancing.count_classes(data, shards)
    target = decode.target_parser(data.task)
    sources = balancing.by_class(
        records, lambda record: target(record)[0], kept, len(counts)
    )
    return partial(balancing.epoch, sources, counts, buffer, quota)
