"""CutMix and MixUp on a batch of volumes or of drawn slices, in the graph.

Both are one expression: a partner's weight for every voxel, which is constant within a
box and 0 outside. For CutMix that weight is 1; for MixUp the box is the whole volume.
"""

import tensorflow as tf

from pipelines.augment.mixing.settings import Mixing

Batch = dict[str, tf.Tensor]


def mix(batch: Batch, seed: tf.Tensor, settings: Mixing, *, rank: int) -> Batch:
    """Mixes a share of the samples with partners of the same `present`.

    CutMix (Yun et al., arXiv:1905.04899): with lambda from Beta(alpha, alpha) the box
    has `(1 - lambda)^(1 / rank)` of each side, in whole voxels, and a centre that is
    uniform over the volume; what reaches over the border is cut off. The share of the
    sample's own target is that of its voxels that are left. MixUp (Zhang et al.,
    arXiv:1710.09412): lambda is the weight of the sample's voxels and target alike.

    Args:
        batch: `volume` `[B, D, H, W, C]` with known D, H, W and C; `target` `[B, T]`,
            `present` `[B, P]`, `covariates` `[B, K]`; other keys stay as they are.
        seed: `[2]`, decides alone.
        rank: 3 = boxes of a volume; 2 = D holds slices, which get the same rectangle.

    Returns:
        The batch with mixed `volume` and `covariates` (linearly, by share), and with
        `partner_target` `[B, T]` and `share` `[B]`, float32: a sample's target counts
        `share`, its partner's the rest. Where nothing is mixed the share is 1 and the
        sample is its own partner.

    Raises:
        ValueError: another rank.
    """
    if rank not in (2, 3):
        raise ValueError(f"rank is 2 or 3. Received: {rank=}")
    volume = batch["volume"]
    by_partner, by_kind, by_box, by_weight = tf.unstack(
        tf.random.experimental.stateless_split(seed, 4)
    )
    partner, alone = _partners(batch["present"], by_partner)
    chance = tf.random.stateless_uniform([tf.shape(alone)[0]], by_kind)
    cut = ~alone & (chance < settings.cutmix)
    blend = ~alone & ~cut & (chance < settings.cutmix + settings.mixup)
    inside, filled = _boxes(volume.shape[1:4], cut, by_box, settings, rank)
    own_weight = beta(tf.shape(alone), by_weight, settings.mixup_alpha)
    weight = tf.where(blend, 1 - own_weight, tf.cast(cut, tf.float32))
    partner = tf.where(cut | blend, partner, tf.range(tf.size(partner)))
    share = 1 - weight * filled
    own_part = share[:, tf.newaxis]
    covariates = batch["covariates"]
    of_partner = tf.gather(covariates, partner)
    return batch | {
        "volume": _blended(volume, partner, weight, inside),
        "covariates": own_part * covariates + (1 - own_part) * of_partner,
        "partner_target": tf.gather(batch["target"], partner),
        "share": share,
    }


def beta(shape: tf.Tensor, seed: tf.Tensor, alpha: float) -> tf.Tensor:
    """Draws from Beta(alpha, alpha): x / (x + y) of two gamma variates; float32.

    Args:
        shape: `[R]`.
        seed: `[2]`.
    """
    both = tf.random.stateless_gamma(
        tf.concat([[2], shape], axis=0), seed, alpha, dtype=tf.float64
    )
    return tf.cast(tf.math.divide_no_nan(both[0], both[0] + both[1]), tf.float32)


def _partners(present: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Another sample with equal `present`, each with the same chance.

    Args:
        present: `[B, P]`.

    Returns:
        Its place `[B]`, and whether there is none `[B]`.
    """
    size = tf.shape(present)[0]
    equal = tf.reduce_all(present[:, tf.newaxis] == present[tf.newaxis], axis=-1)
    allowed = equal & ~tf.eye(size, dtype=tf.bool)
    chance = tf.random.stateless_uniform([size, size], seed)
    drawn = tf.where(allowed, chance, -tf.ones_like(chance))
    partner = tf.argmax(drawn, axis=1, output_type=tf.int32)
    return partner, ~tf.reduce_any(allowed, axis=1)


def _boxes(
    shape: tf.TensorShape, cut: tf.Tensor, seed: tf.Tensor, settings: Mixing, rank: int
) -> tuple[list[tf.Tensor], tf.Tensor]:
    """A box for each sample, one axis at a time; all of the volume where not `cut`.

    Args:
        shape: D, H, W.
        cut: `[B]`.

    Returns:
        For each axis what lies inside, 1 or 0 (float32 `[B, size]`); and the share of
        the voxels that lie inside (`[B]`).
    """
    by_size, *by_centre = tf.unstack(tf.random.experimental.stateless_split(seed, 4))
    own_share = beta(tf.shape(cut), by_size, settings.cutmix_alpha)
    side = (1 - own_share) ** (1 / rank)
    inside, filled = [], tf.ones_like(side)
    for axis, (size, drawn_by) in enumerate(zip(shape, by_centre, strict=True)):
        whole = ~cut if axis or rank == 3 else tf.ones_like(cut)
        length = tf.cast(tf.round(side * size), tf.int32)
        centre = tf.random.stateless_uniform(
            tf.shape(cut), drawn_by, 0, size, dtype=tf.int32
        )
        first = tf.where(whole, 0, centre - length // 2)
        stop = tf.where(whole, size, first + length)
        place = tf.range(size)
        within = (place >= first[:, tf.newaxis]) & (place < stop[:, tf.newaxis])
        inside.append(tf.cast(within, tf.float32))
        filled *= tf.reduce_mean(inside[-1], axis=1)
    return inside, filled


def _blended(
    volume: tf.Tensor, partner: tf.Tensor, weight: tf.Tensor, inside: list[tf.Tensor]
) -> tf.Tensor:
    """`weight` of the partner inside the box; exact where it is 0 or 1.

    Written on rows: arithmetic over a small last axis is many times slower.
    """
    _, depth, height, width, channels = volume.shape
    rows = tf.reshape(volume, [-1, depth, height, width * channels])
    in_depth, in_height, in_width = inside
    plane = in_height[:, :, tf.newaxis] * _each(in_width, channels)[:, tf.newaxis]
    weights = (weight[:, tf.newaxis] * in_depth)[..., tf.newaxis, tf.newaxis]
    partner_weight = weights * plane[:, tf.newaxis]
    mixed = rows * (1 - partner_weight) + tf.gather(rows, partner) * partner_weight
    return tf.ensure_shape(tf.reshape(mixed, tf.shape(volume)), volume.shape)


def _each(values: tf.Tensor, times: int) -> tf.Tensor:
    """`[B, N]` to `[B, N * times]`, every value repeated."""
    return values if times == 1 else tf.repeat(values, times, axis=1)
