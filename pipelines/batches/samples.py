"""One record to one sample of a batch: the functions that `tf.data` maps."""

from collections.abc import Callable
from dataclasses import dataclass, field

import tensorflow as tf

from pipelines import intensity
from pipelines.augment.spatial import Spatial
from pipelines.batches import draws
from pipelines.covariates.encode import encode
from pipelines.covariates.encoding import Encoding
from pipelines.records import parsing
from pipelines.task import Task

Element = dict[str, tf.Tensor]
KEYS = ("present", "target", "sample_id", "patient_id", "study_id")


@dataclass(frozen=True, kw_only=True)
class Variation:
    """What is drawn anew for a sample in every epoch.

    Args:
        spatial: random changes of geometry.
        slices: how many are drawn from the volume; 0 = the whole volume.
        depth: share of the depth that they come from.
        adjacent: each is seen with its neighbours as channels, see `draws.as_channels`.
    """

    spatial: Spatial = field(default_factory=Spatial)
    slices: int = 0
    depth: tuple[float, float] = (0.0, 1.0)
    adjacent: int = 1


def normalised(
    task: Task,
    channels: tuple[int, ...],
    normalisation: intensity.Kind,
    encoding: Encoding,
    *,
    require_target: bool,
) -> Callable[[tf.Tensor], Element]:
    """A function from a serialized record to a sample without randomness.

    Its `volume` is float32 `[D, H, W, len(channels)]`, its `covariates` are those of
    the encoding, `[len(encoding.names)]`; `affine` and `foreground` stay behind.
    """
    parse = parsing.parser(task, require_target=require_target)
    every_channel = channels == tuple(range(len(task.channels)))

    def chosen(tensor: tf.Tensor) -> tf.Tensor:
        return tensor if every_channel else tf.gather(tensor, channels, axis=-1)

    def function(serialized: tf.Tensor) -> Element:
        record = parse(serialized)
        volume = intensity.normalise(
            chosen(record["volume"]), chosen(record["foreground"]), normalisation
        )
        sample = {key: record[key] for key in KEYS}
        sample["covariates"] = encode(record["covariates"], encoding, task.covariates)
        return sample | {"volume": volume, "present": chosen(record["present"])}

    return function


def varied(sample: Element, seed: tf.Tensor, variation: Variation) -> Element:
    """Draws slices and mirrors; the seed `[2]` alone decides.

    Slices come first: their share of the depth is one of the body, and what is thrown
    away need not be mirrored. So mirroring the depth turns the order of the drawn
    slices, and of the neighbours that each is seen with.
    """
    volume = sample["volume"]
    if variation.slices:
        drawn_by = tf.random.experimental.stateless_fold_in(seed, 1)
        volume = draws.draw_slices(
            volume,
            drawn_by,
            variation.slices,
            variation.depth,
            adjacent=variation.adjacent,
        )
    if variation.spatial.flip:
        volume = draws.flip(volume, seed, variation.spatial.flip)
    if variation.slices:
        volume = draws.as_channels(volume, variation.adjacent)
    return sample | {"volume": volume}
