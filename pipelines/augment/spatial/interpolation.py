"""Values of a volume at places between its voxels; outside it is 0.

Linear interpolation as `scipy.ndimage.map_coordinates(order=1, mode="grid-constant")`.
"""

import itertools

import numpy as np
import tensorflow as tf


def slices_at(volume: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """Slices of `[D, H, W, C]` at `places` `[K]` between them: `[K, H, W, C]`."""
    size = volume.shape[0]
    below = tf.floor(places)
    part = places - below
    below = tf.cast(below, tf.int32)
    weighted = [
        tf.gather(volume, tf.clip_by_value(place, 0, size - 1))
        * tf.reshape(tf.where((place >= 0) & (place < size), share, 0), [-1, 1, 1, 1])
        for place, share in ((below, 1 - part), (below + 1, part))
    ]
    return weighted[0] + weighted[1]


def nearest_slices(mask: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """The slices of `[D, H, W]` nearest to `places` `[K]`: `[K, H, W]`."""
    size = mask.shape[0]
    nearest = tf.cast(tf.floor(places + 0.5), tf.int32)
    inside = tf.reshape((nearest >= 0) & (nearest < size), [-1, 1, 1])
    values = tf.gather(mask, tf.clip_by_value(nearest, 0, size - 1))
    return tf.where(inside, values, tf.zeros_like(values))


def in_plane(volume: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor) -> tf.Tensor:
    """Every slice of `[K, H, W, C]` at the same places of its plane; the same shape.

    The map of a slice is one sparse matrix, H W by H W with four weights a row, which
    multiplies all slices and channels at once: half the time of
    `ImageProjectiveTransformV3`, and any map will do.

    Args:
        rows, columns: `[H, W]`, in voxels.
    """
    _, height, width, channels = volume.shape
    places = height * width
    below = [tf.floor(tf.reshape(axis, [places])) for axis in (rows, columns)]
    part = [
        tf.reshape(axis, [places]) - low for axis, low in zip((rows, columns), below)
    ]
    first_row, first_column = (tf.cast(low, tf.int64) for low in below)
    sources, weights = [], []
    for at_row, at_column in itertools.product((0, 1), repeat=2):
        row, column = first_row + at_row, first_column + at_column
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        share = (part[0] if at_row else 1 - part[0]) * (
            part[1] if at_column else 1 - part[1]
        )
        row = tf.clip_by_value(row, 0, height - 1)
        column = tf.clip_by_value(column, 0, width - 1)
        sources.append(row * width + column)
        weights.append(tf.where(inside, share, 0))
    targets = np.repeat(np.arange(places), 4)
    indices = tf.stack([targets, tf.reshape(tf.stack(sources, 1), [-1])], axis=1)
    matrix = tf.SparseTensor(
        indices, tf.reshape(tf.stack(weights, 1), [-1]), [places, places]
    )
    flat = tf.transpose(tf.reshape(volume, [-1, places, channels]), [1, 0, 2])
    product = tf.sparse.sparse_dense_matmul(matrix, tf.reshape(flat, [places, -1]))
    by_slice = tf.transpose(tf.reshape(product, [places, -1, channels]), [1, 0, 2])
    return tf.reshape(by_slice, [-1, height, width, channels])


def nearest_in_plane(mask: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor) -> tf.Tensor:
    """As `in_plane`, the nearest value: `[K, H, W]` to the same."""
    _, height, width = mask.shape
    index, inside = _nearest((rows, columns), (height, width))
    flat = tf.transpose(tf.reshape(mask, [-1, height * width]))
    values = tf.gather(flat, index)
    values = tf.where(inside[:, tf.newaxis], values, tf.zeros_like(values))
    return tf.reshape(tf.transpose(values), [-1, height, width])


def trilinear(volume: tf.Tensor, places: tuple[tf.Tensor, ...]) -> tf.Tensor:
    """Values of `[D, H, W, C]` at `places`, D, H, W, each `[K, H, W]`, in voxels.

    A frame of zeros around the volume is what all places outside fall on, so that the
    eight neighbours of a place lie at fixed distances from the first.

    Returns:
        `[K, H, W, C]`.
    """
    *sizes, channels = volume.shape
    framed = tf.pad(volume, [[1, 2], [1, 2], [1, 2], [0, 0]])
    framed = tf.reshape(framed, [-1, channels])
    clipped = [tf.clip_by_value(axis, -1, size) for axis, size in zip(places, sizes)]
    below = [tf.floor(tf.reshape(axis, [-1])) for axis in clipped]
    part = [
        (tf.reshape(axis, [-1]) - low)[:, tf.newaxis]
        for axis, low in zip(clipped, below)
    ]
    steps = ((sizes[1] + 3) * (sizes[2] + 3), sizes[2] + 3, 1)
    first = sum((tf.cast(low, tf.int32) + 1) * step for low, step in zip(below, steps))

    def between(axis: int, start: int) -> tf.Tensor:
        """Interpolates along `axis` and those behind it."""
        if axis == 3:
            # gather_nd copies single voxels twice as fast as gather does.
            return tf.gather_nd(framed, (first + start)[:, tf.newaxis])
        low = between(axis + 1, start)
        return low + (between(axis + 1, start + steps[axis]) - low) * part[axis]

    shape = tf.concat([tf.shape(places[0]), [channels]], axis=0)
    return tf.ensure_shape(
        tf.reshape(between(0, 0), shape), [*places[0].shape, channels]
    )


def nearest(mask: tf.Tensor, places: tuple[tf.Tensor, ...]) -> tf.Tensor:
    """The values of `[D, H, W]` nearest to `places`, each `[K, H, W]`: `[K, H, W]`."""
    index, inside = _nearest(places, mask.shape)
    values = tf.gather(tf.reshape(mask, [-1]), index)
    values = tf.where(inside, values, tf.zeros_like(values))
    return tf.reshape(values, tf.shape(places[0]))


def _nearest(
    places: tuple[tf.Tensor, ...], sizes: tuple[int, ...]
) -> tuple[tf.Tensor, tf.Tensor]:
    """Flat index of the nearest voxel, and whether there is one: `[N]` each."""
    index, inside = 0, True
    for place, size in zip(places, sizes):
        whole = tf.cast(tf.floor(tf.reshape(place, [-1]) + 0.5), tf.int32)
        inside &= (whole >= 0) & (whole < size)
        index = index * size + tf.clip_by_value(whole, 0, size - 1)
    return index, inside
