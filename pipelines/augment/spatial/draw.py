"""What is drawn for one sample: numbers that say where its voxels come from."""

import math
from dataclasses import dataclass

import tensorflow as tf

from pipelines.augment.spatial import elastic
from pipelines.augment.spatial.settings import AXES, Spatial


@dataclass(frozen=True, kw_only=True, eq=False)
class Pose:
    """The map from a place in the result to one in the volume, about its centre.

    Args:
        mirrored: bool `[3]`.
        first: of the rows and columns that are kept, `[2]`, in voxels.
        share: of the rows and columns that is kept.
        control: elastic displacement of control points, `[P, Q, R, 3]`, in voxels.
        shift: `[3]`, in voxels.
        tilt: perspective per voxel of row and column, `[2]`.
        matrix: `[3, 3]`, from voxels to voxels.
        still: whether no voxel moves, but by mirroring.
        through_slices: whether a slice is made of several, or slices move apart.
    """

    mirrored: tf.Tensor
    first: tf.Tensor
    share: tf.Tensor
    control: tf.Tensor
    shift: tf.Tensor
    tilt: tf.Tensor
    matrix: tf.Tensor
    still: tf.Tensor
    through_slices: tf.Tensor


def mirrored(seed: tf.Tensor, settings: Spatial) -> tf.Tensor:
    """Which of the axes D, H, W are mirrored: bool `[3]`."""
    heads = tf.random.stateless_uniform([len(AXES)], seed) < settings.flip_chance
    return heads & tf.constant([axis in settings.flip for axis in AXES])


def draw(
    settings: Spatial, seed: tf.Tensor, spacing_mm: tf.Tensor, shape: tuple[int, ...]
) -> Pose:
    """Draws a pose; the seed `[2]` alone decides.

    Args:
        spacing_mm: D, H, W: `[3]`.
        shape: D, H, W of the volume.
    """
    fold = tf.random.experimental.stateless_fold_in
    acting = settings.acting
    chances = [
        getattr(settings, f"{kind}_chance") * acts for kind, acts in acting.items()
    ]
    happens = tf.random.stateless_uniform([len(acting)], fold(seed, 2)) < chances
    amount = tf.random.stateless_uniform([15], fold(seed, 3), -1, 1)
    size = tf.constant(shape, tf.float32)
    on = dict(zip(acting, tf.unstack(tf.cast(happens, tf.float32)), strict=True))
    share = 1 + on["crop"] * (_between(amount[0], settings.crop) - 1)
    angles = amount[1:4] * on["rotation"] * _radians(settings.rotation_degrees)
    slants = tf.tan(amount[4:7] * on["shear"] * _radians(settings.shear_degrees))
    factor = 1 + on["scale"] * (_between(amount[7], settings.scale) - 1)
    shift = amount[8:11] * on["translation"] * settings.translation * size
    tilt = amount[11:13] * on["perspective"] * settings.perspective
    through = tf.reduce_any(tf.concat([angles[1:], slants[1:]], 0) != 0)
    if settings.bends_through_slices:
        through |= on["elastic"] > 0
    depth_factor = factor if settings.scale_depth else tf.ones([])
    forward = (
        _rotation(angles)
        @ _shear(slants)
        @ tf.linalg.diag(tf.stack([depth_factor, factor, factor]))
    )
    return Pose(
        mirrored=mirrored(seed, settings),
        first=(amount[13:15] + 1) / 2 * (1 - share) * (size[1:] - 1),
        share=share,
        control=on["elastic"] * _control(settings, fold(seed, 4), size),
        shift=shift,
        tilt=tilt * 2 / tf.maximum(size[1:] - 1, 1),
        matrix=_in_voxels(tf.linalg.inv(forward), spacing_mm),
        still=~tf.reduce_any(happens),
        through_slices=through,
    )


def _between(amount: tf.Tensor, ends: tuple[float, float]) -> tf.Tensor:
    """From -1..1 to from..to."""
    return ends[0] + (amount + 1) / 2 * (ends[1] - ends[0])


def _radians(degrees: tuple[float, ...]) -> tf.Tensor:
    return tf.constant([math.radians(degree) for degree in degrees], tf.float32)


def _rotation(angles: tf.Tensor) -> tf.Tensor:
    """About W, then H, then D: `[3, 3]` on D, H, W."""
    (c0, c1, c2), (s0, s1, s2) = tf.unstack(tf.cos(angles)), tf.unstack(tf.sin(angles))
    about_depth = _matrix([[1, 0, 0], [0, c0, -s0], [0, s0, c0]])
    about_rows = _matrix([[c1, 0, s1], [0, 1, 0], [-s1, 0, c1]])
    about_columns = _matrix([[c2, -s2, 0], [s2, c2, 0], [0, 0, 1]])
    return about_depth @ about_rows @ about_columns


def _shear(slants: tf.Tensor) -> tf.Tensor:
    in_slice, columns, rows = tf.unstack(slants)
    return _matrix([[1, 0, 0], [rows, 1, 0], [columns, in_slice, 1]])


def _matrix(rows: list[list]) -> tf.Tensor:
    return tf.stack(
        [tf.stack([tf.cast(value, tf.float32) for value in row]) for row in rows]
    )


def _in_voxels(matrix: tf.Tensor, spacing_mm: tf.Tensor) -> tf.Tensor:
    """A map of millimetres as one of voxels: m_ij * spacing_j / spacing_i."""
    return matrix * spacing_mm[tf.newaxis, :] / spacing_mm[:, tf.newaxis]


def _control(settings: Spatial, seed: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """Displacements of the control points in voxels: `[P, Q, R, 3]`."""
    counts = [elastic.coefficients(points) for points in settings.elastic_points]
    if not settings.acting["elastic"]:
        return tf.zeros([*counts, 3])
    drawn = tf.random.stateless_uniform([*counts, 3], seed, -1, 1)
    return drawn * settings.elastic * (size - 1)
