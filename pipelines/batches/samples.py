"""One record to one sample of a batch: the functions that `tf.data` maps."""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from pipelines.augment.augmentation import NONE, Augmentation
from pipelines.augment.intensity import apply as apply_intensity
from pipelines.augment.intensity import channels as intensity_channels
from pipelines.augment.mixing import cutmix_mixup
from pipelines.augment.spatial import apply as apply_spatial
from pipelines.augment.spatial.apply import Subject
from pipelines.batches import draws
from pipelines.batches import normalisation as normalisations
from pipelines.batches.depth import candidates, check_enough
from pipelines.batches.slices import Slices
from pipelines.covariates.encode import encode
from pipelines.covariates.encoding import Encoding
from pipelines.records import decode
from pipelines.tasks.task import Task

Element = dict[str, tf.Tensor]
_INTENSITY = 2**10  # folded into a sample's seed, apart from what geometry folds
_MIXING = 2**20  # folded into the seed of a batch's first sample
KEYS = ("present", "target", "sample_id", "patient_id", "study_id")


@dataclass(frozen=True, kw_only=True)
class Variation:
    """What is drawn anew for a sample in every epoch.

    Args:
        augmentation: random changes.
        slices: how a 2D network sees the volume; none = the whole volume.
    """

    augmentation: Augmentation = NONE
    slices: Slices | None = None

    @property
    def adjacent(self) -> int:
        """Slices that are seen at once, as channels."""
        return self.slices.adjacent if self.slices else 1


UNVARIED = Variation()


def check(variation: Variation, task: Task, channels: int) -> None:
    """Raises a UsageError for changes or slices that the volumes can't have.

    Args:
        channels: that are used of them.
    """
    intensity_channels.check(variation.augmentation.intensity.operations, channels)
    if variation.slices:
        within = candidates(task.grid.shape[0], variation.slices.depth)
        check_enough(variation.slices.train, within, "train")


def stored(
    task: Task,
    channels: tuple[int, ...],
    normalisation: normalisations.Kind,
    encoding: Encoding,
    *,
    require_target: bool,
) -> Callable[[tf.Tensor], Element]:
    """A function from a serialized record to a sample whose voxels are still codes.

    It has what `pipelines.batches.normalisation.stored` gives of the channels, and
    `covariates` as the encoding says, `[len(encoding.names)]`. Of `affine` there stays
    `spacing_mm`, along D, H, W: `[3]`.
    """
    parse = decode.parser(task, require_target=require_target)

    def function(serialized: tf.Tensor) -> Element:
        record = parse(serialized)
        sample = {key: record[key] for key in KEYS}
        sample["covariates"] = encode(record["covariates"], encoding, task.covariates)
        return sample | {
            "present": normalisations.chosen(record["present"], channels),
            "spacing_mm": tf.norm(record["affine"][:3, :3], axis=0),
            "intensities": normalisations.stored(record, channels, normalisation),
        }

    return function


def normalised(
    task: Task,
    channels: tuple[int, ...],
    normalisation: normalisations.Kind,
    encoding: Encoding,
    *,
    require_target: bool,
) -> Callable[[tf.Tensor], Element]:
    """A function from a serialized record to a sample without randomness.

    Its `volume` is float32 `[D, H, W, len(channels)]`; for the rest see `stored`.
    """
    of_record = stored(
        task, channels, normalisation, encoding, require_target=require_target
    )

    def function(serialized: tf.Tensor) -> Element:
        sample = of_record(serialized)
        volume = normalisations.normalised(sample.pop("intensities"), normalisation)
        return sample | {"volume": volume}

    return function


def without_space(sample: Element) -> Element:
    """The sample as a batch holds it."""
    left_out = ("spacing_mm", "intensities")
    return {key: value for key, value in sample.items() if key not in left_out}


def varied(
    sample: Element,
    seed: tf.Tensor,
    variation: Variation,
    stored_for: normalisations.Kind | None = None,
) -> Element:
    """Draws slices and changes what they show; the seed `[2]` alone decides.

    The slices' share of the depth is one of the body: mirroring the depth turns the
    order of the drawn slices, and of the neighbours that each is seen with.

    Args:
        sample: of `normalised`. A `mask` `[D, H, W]` follows the geometry; of
            slices with neighbours it is that of the middle ones.
        stored_for: the normalisation of a sample of `stored`; it comes first, or, where
            voxels only change places, last: what is not shown is not normalised.
    """
    spatial = variation.augmentation.spatial
    if stored_for is None:
        return _varied(sample, seed, variation, lambda volume: volume)
    intensities = sample["intensities"]

    def normalised_codes(codes: tf.Tensor) -> tf.Tensor:
        return normalisations.normalised(intensities | {"codes": codes}, stored_for)

    codes = intensities["codes"]
    if not any(spatial.acting.values()):
        return _varied(sample | {"volume": codes}, seed, variation, normalised_codes)
    volume = normalised_codes(codes)
    return _varied(sample | {"volume": volume}, seed, variation, lambda moved: moved)


def _varied(
    sample: Element,
    seed: tf.Tensor,
    variation: Variation,
    moved: Callable[[tf.Tensor], tf.Tensor],
) -> Element:
    """`moved` makes the normalised volume of what geometry gave."""
    volume, places = sample["volume"], None
    if variation.slices:
        by_slices = tf.random.experimental.stateless_fold_in(seed, 1)
        places = draws.draw_slices(volume.shape[0], by_slices, variation.slices)
    subject = Subject(
        volume=volume,
        mask=sample.get("mask"),
        slices=places,
        spacing_mm=sample["spacing_mm"],
    )
    changed = apply_spatial.vary(subject, seed, variation.augmentation.spatial)
    changed["volume"] = moved(changed["volume"])
    changed["volume"], changed["present"] = apply_intensity.vary(
        changed["volume"],
        sample["present"],
        tf.random.experimental.stateless_fold_in(seed, _INTENSITY),
        variation.augmentation.intensity.operations,
    )
    adjacent = variation.adjacent
    changed["volume"] = draws.as_channels(changed["volume"], adjacent)
    if "mask" in changed:
        changed["mask"] = changed["mask"][adjacent // 2 :: adjacent]
    return without_space(sample) | changed


def mixed(batch: Element, seed: tf.Tensor, variation: Variation) -> Element:
    """The batch with its samples mixed, see `cutmix_mixup.mix`; or as it is.

    Args:
        batch: of samples that `varied` gave.
        seed: `[2]`, of the batch's first sample.
    """
    mixing = variation.augmentation.mixing
    if not mixing.mixes:
        return batch
    by_mixing = tf.random.experimental.stateless_fold_in(seed, _MIXING)
    rank = 2 if variation.slices else 3
    return cutmix_mixup.mix(batch, by_mixing, mixing, rank=rank)
