"""Random changes of a sample's intensities, one after the other, in the graph."""

from functools import partial

import tensorflow as tf

from pipelines.augment.intensity import (
    channel_dropout,
    colour,
    image,
    k_space,
    noise,
    tone,
)
from pipelines.augment.intensity.settings import Intensity
from pipelines.errors import UsageError

# In the order of an examination: tissue, coil, k-space, receiver. Each step has its
# number in the seed, so that turning one on does not change what the others draw.
_BEFORE_K_SPACE = {
    "gamma": tone.gamma,
    "hue": colour.hue,
    "saturation": colour.saturation,
    "value": colour.value,
    "bias_field": tone.bias_field,
    "contrast": tone.contrast,
    "brightness": tone.brightness,
}
_BEHIND_K_SPACE = {"noise": noise.gaussian, "rician": noise.rician}
_K_SPACE, _MISSING = 100, 101


def check(settings: Intensity, channels: int) -> None:
    """Raises a UsageError for changes that so many channels can't have."""
    if settings.colours and channels != colour.CHANNELS:
        raise UsageError(
            "hue, saturation and value are of three sequences, seen as red, green and "
            f"blue. Received: {channels}. Choose three, or set the "
            "chances of intensity.hue, saturation and value to 0"
        )
    if settings.channel_dropout_chance and channels < 2:
        raise UsageError(
            "one sequence of several can go missing, and here is one alone. Set it to "
            "0. Received: intensity.channel_dropout_chance="
            f"{settings.channel_dropout_chance}"
        )


def vary(
    volume: tf.Tensor, present: tf.Tensor, seed: tf.Tensor, settings: Intensity
) -> tuple[tf.Tensor, tf.Tensor]:
    """Changes the intensities of a volume, or of slices drawn from it.

    Channels that are absent or constant come out as they were.

    Args:
        volume: float32 `[N, H, W, C]`, all sizes but N known.
        present: float32 `[C]`.
        seed: `[2]`, decides alone.

    Returns:
        The volume and what is present of it: less, where a sequence goes missing.

    Raises:
        UsageError: as of `check`.
    """
    check(settings, volume.shape[-1])
    if not settings.changes:
        return volume, present
    changed = image.of_volume(volume)
    changed = _stepped(changed, seed, settings, _BEFORE_K_SPACE, first=0)
    changed = k_space.filtered(changed, _folded(seed, _K_SPACE), settings)
    behind = len(_BEFORE_K_SPACE)
    changed = _stepped(changed, seed, settings, _BEHIND_K_SPACE, first=behind)
    if settings.channel_dropout_chance:
        dropped_by = _folded(seed, _MISSING)
        chance = settings.channel_dropout_chance
        changed, present = channel_dropout.drop(changed, present, dropped_by, chance)
    return tf.ensure_shape(image.to_volume(changed), volume.shape), present


def _stepped(
    changed: image.Image, seed: tf.Tensor, settings: Intensity, steps: dict, first: int
) -> image.Image:
    """The steps that have a chance, each where it happens."""
    for number, (name, step) in enumerate(steps.items(), start=first):
        chance = getattr(settings, f"{name}_chance")
        if chance:
            by_chance, by_amount = tf.unstack(
                tf.random.experimental.stateless_split(_folded(seed, number), 2)
            )
            changed = tf.cond(
                tf.random.stateless_uniform([], by_chance) < chance,
                partial(step, changed, by_amount, settings),
                partial(tf.nest.map_structure, tf.identity, changed),
            )
    return changed


def _folded(seed: tf.Tensor, number: int) -> tf.Tensor:
    return tf.random.experimental.stateless_fold_in(seed, number)
