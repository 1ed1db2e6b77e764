"""Where the voxels of a result come from: the places of a pose in the volume."""

import tensorflow as tf

from pipelines.augment.spatial import elastic
from pipelines.augment.spatial.draw import Pose
from pipelines.augment.spatial.settings import Spatial

Places = tuple[tf.Tensor, tf.Tensor, tf.Tensor]


def output_axes(pose: Pose, slices: tf.Tensor, shape: tuple[int, ...]) -> Places:
    """Where the result's voxels lie along D, H, W once cropped and mirrored.

    Args:
        slices: which slices the result has, `[K]`.
        shape: D, H, W of the volume.

    Returns:
        `[K]`, `[H]`, `[W]`, in voxels of the volume.
    """
    rows, columns = (
        pose.first[axis] + pose.share * tf.range(shape[1 + axis], dtype=tf.float32)
        for axis in range(2)
    )
    axes = (tf.cast(slices, tf.float32), rows, columns)
    return tuple(
        tf.where(pose.mirrored[number], tf.reverse(axis, [0]), axis)
        for number, axis in enumerate(axes)
    )


def source(
    pose: Pose, axes: Places, settings: Spatial, shape: tuple[int, ...]
) -> Places:
    """The places in the volume that a regular grid of places comes from.

    Args:
        axes: along D, H, W: `[K]`, `[H]`, `[W]`, in voxels.
        shape: D, H, W of the volume.

    Returns:
        D, H, W, in voxels, each broadcastable to `[K, H, W]`.
    """
    middle = [(size - 1) / 2 for size in shape]
    shapes = ((-1, 1, 1), (1, -1, 1), (1, 1, -1))
    grid = [
        tf.reshape(axis - half, spread)
        for axis, half, spread in zip(axes, middle, shapes)
    ]
    if settings.acting["elastic"]:
        along = tuple(
            elastic.weights(axis, points, size)
            for axis, points, size in zip(axes, settings.elastic_points, shape)
        )
        moved = tf.unstack(elastic.displacement(pose.control, along))
        grid = [axis + by for axis, by in zip(grid, moved)]
    depth, rows, columns = (axis - by for axis, by in zip(grid, tf.unstack(pose.shift)))
    if settings.acting["perspective"]:
        nearness = 1 + pose.tilt[0] * rows + pose.tilt[1] * columns
        rows, columns = rows / nearness, columns / nearness
    matrix = pose.matrix
    return tuple(
        matrix[axis, 0] * depth
        + (matrix[axis, 1] * rows + (matrix[axis, 2] * columns + middle[axis]))
        for axis in range(3)
    )
