"""Smooth displacements from a coarse grid of control points.

Free-form deformation by cubic B-splines (Rueckert et al., IEEE TMI 1999). The weights
of a regular grid of places fall into one matrix for each axis.
"""

import tensorflow as tf


def coefficients(points: int) -> int:
    """Control points along an axis: with one beyond either end, where there are 2+."""
    return 1 if points == 1 else points + 2


def weights(positions: tf.Tensor, points: int, size: int) -> tf.Tensor:
    """How much each control point counts at each position along an axis.

    Args:
        positions: `[N]`, in voxels, within 0..size - 1.
        points: control points from the first voxel to the last.

    Returns:
        `[N, coefficients(points)]`, rows add up to 1.
    """
    if points == 1:
        return tf.ones([tf.size(positions), 1])
    places = positions * ((points - 1) / max(size - 1, 1))
    control = tf.range(-1, points + 1, dtype=tf.float32)
    distance = tf.abs(places[:, tf.newaxis] - control)
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = tf.maximum(2 - distance, 0) ** 3 / 6
    return tf.where(distance < 1, near, far)


def displacement(
    control: tf.Tensor, along: tuple[tf.Tensor, tf.Tensor, tf.Tensor]
) -> tf.Tensor:
    """The displacement on a regular grid of places.

    Args:
        control: `[P, Q, R, 3]`, of the control points along D, H, W.
        along: `weights` of the places along D, H, W: `[K, P]`, `[H, Q]`, `[W, R]`.

    Returns:
        `[3, K, H, W]`.
    """
    depth, rows, columns = along
    along_width = tf.einsum("wr,pqrc->cpqw", columns, control)
    along_height = tf.einsum("hq,cpqw->cphw", rows, along_width)
    return tf.einsum("kp,cphw->ckhw", depth, along_height)
