"""Spatial augmentation of one sample: a pose is drawn, and the voxels taken from it.

Of three ways to the same values the cheapest that does is taken: where voxels only
change places they are moved; where slices stay slices one map of the plane serves all;
else every voxel has its own eight neighbours.
"""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from pipelines.augment.spatial import coordinates, interpolation
from pipelines.augment.spatial import draw as poses
from pipelines.augment.spatial.draw import Pose
from pipelines.augment.spatial.flip import mirror
from pipelines.augment.spatial.settings import Spatial

Images = dict[str, tf.Tensor]


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """What is resampled, and which of its slices are wanted.

    Args:
        volume: `[D, H, W, C]`, of known shape.
        mask: `[D, H, W]`, or none.
        slices: `[K]`, whole numbers; none = all of them in their order.
        spacing_mm: D, H, W: `[3]`.
    """

    volume: tf.Tensor
    mask: tf.Tensor | None = None
    slices: tf.Tensor | None = None
    spacing_mm: tf.Tensor


def vary(subject: Subject, seed: tf.Tensor, settings: Spatial) -> Images:
    """Draws a pose and resamples; the seed `[2]` alone decides.

    Only the wanted slices are computed. Values between voxels are linear, those of a
    mask the nearest; what lies outside the volume is 0.

    Returns:
        `volume` `[K, H, W, C]`, and `mask` `[K, H, W]` where there is one.
    """
    if not any(settings.acting.values()):
        return _moved(subject, poses.mirrored(seed, settings), settings)
    shape = tuple(subject.volume.shape[:3])
    pose = poses.draw(settings, seed, subject.spacing_mm, shape)
    return resample(subject, pose, settings)


def resample(subject: Subject, pose: Pose, settings: Spatial) -> Images:
    """As `vary`, with a pose of those settings."""
    ways: list[tuple[tf.Tensor, Callable[[], Images]]] = [
        (pose.still, lambda: _moved(subject, pose.mirrored, settings))
    ]
    if not settings.turns_through_slices:
        return tf.case(ways, lambda: _in_plane(subject, pose, settings))
    ways.append((~pose.through_slices, lambda: _in_plane(subject, pose, settings)))
    return tf.case(ways, lambda: _through_slices(subject, pose, settings))


def _moved(subject: Subject, mirrored: tf.Tensor, settings: Spatial) -> Images:
    """Slices chosen and mirrored, no value changed."""

    def moved(image: tf.Tensor) -> tf.Tensor:
        return mirror(_chosen(image, subject.slices), mirrored, settings.flip)

    images = {"volume": moved(subject.volume)}
    if subject.mask is not None:
        images["mask"] = moved(subject.mask[..., tf.newaxis])[..., 0]
    return images


def _chosen(image: tf.Tensor, slices: tf.Tensor | None) -> tf.Tensor:
    return image if slices is None else tf.gather(image, slices)


def _wanted(subject: Subject) -> tf.Tensor:
    depth = subject.volume.shape[0]
    return tf.range(depth) if subject.slices is None else subject.slices


def _in_plane(subject: Subject, pose: Pose, settings: Spatial) -> Images:
    """Slices stay slices: they are chosen, then all drawn by one map of the plane."""
    shape = tuple(subject.volume.shape[:3])
    slices, rows, columns = coordinates.output_axes(pose, _wanted(subject), shape)
    middle = [tf.constant([(size - 1) / 2]) for size in shape]
    _, *plane = coordinates.source(pose, (middle[0], rows, columns), settings, shape)
    plane = [tf.broadcast_to(axis, [1, *shape[1:]])[0] for axis in plane]
    depth, _, _ = coordinates.source(pose, (slices, *middle[1:]), settings, shape)
    depth = tf.reshape(depth, [-1])
    if settings.moves_along_depth:
        chosen = interpolation.slices_at(subject.volume, depth)
    elif subject.slices is None and "depth" not in settings.flip:
        chosen = subject.volume
    else:
        chosen = tf.gather(subject.volume, tf.cast(slices, tf.int32))
    images = {"volume": interpolation.in_plane(chosen, *plane)}
    if subject.mask is not None:
        chosen = interpolation.nearest_slices(subject.mask, depth)
        images["mask"] = interpolation.nearest_in_plane(chosen, *plane)
    return images


def _through_slices(subject: Subject, pose: Pose, settings: Spatial) -> Images:
    """Every voxel from where it lies in the volume."""
    shape = tuple(subject.volume.shape[:3])
    axes = coordinates.output_axes(pose, _wanted(subject), shape)
    places = coordinates.source(pose, axes, settings, shape)
    whole = [axis.shape[0] for axis in axes]
    places = tuple(tf.broadcast_to(axis, whole) for axis in places)
    images = {"volume": interpolation.trilinear(subject.volume, places)}
    if subject.mask is not None:
        images["mask"] = interpolation.nearest(subject.mask, places)
    return images
