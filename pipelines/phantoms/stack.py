"""The geometry of one acquired stack of slices, in LPS millimetres."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Where the voxels of a stack lie.

    Args:
        centre_mm: middle of the stack, LPS.
        row_direction: unit vector along a row, that is, of growing column index.
        column_direction: unit vector along a column, of growing row index.
        spacing_mm: between slices, rows, columns.
        shape: slices, rows, columns.
        thickness_mm: of a slice; at most the spacing between slices.
    """

    centre_mm: tuple[float, float, float]
    row_direction: tuple[float, float, float]
    column_direction: tuple[float, float, float]
    spacing_mm: tuple[float, float, float]
    shape: tuple[int, int, int]
    thickness_mm: float

    def __post_init__(self):
        axes = np.array([self.row_direction, self.column_direction])
        if not np.allclose(axes @ axes.T, np.eye(2), atol=1e-6):
            raise ValueError(
                "row and column directions are perpendicular unit vectors. "
                f"Received: {self.row_direction}, {self.column_direction}"
            )
        if min(self.shape) < 1 or min(self.spacing_mm) <= 0:
            raise ValueError(
                "shape and spacing must be positive. "
                f"Received: shape={self.shape}, spacing_mm={self.spacing_mm}"
            )

    @property
    def normal(self) -> tuple[float, float, float]:
        """Unit vector of growing slice index: row direction x column direction."""
        return tuple(np.cross(self.row_direction, self.column_direction).tolist())

    @property
    def steps_mm(self) -> np.ndarray:
        """`[3, 3]`: the LPS step of one slice, one row, one column."""
        axes = np.array([self.normal, self.column_direction, self.row_direction])
        return axes * np.array(self.spacing_mm)[:, None]

    def position_mm(self, index: int) -> tuple[float, float, float]:
        """Centre of the first voxel of slice `index` (ImagePositionPatient)."""
        middle = (np.array(self.shape) - 1) / 2
        offset = np.array([index, 0, 0]) - middle
        return tuple((np.array(self.centre_mm) + offset @ self.steps_mm).tolist())

    def points_mm(self) -> np.ndarray:
        """LPS coordinates of every voxel centre, float32 `[3, D, H, W]`."""
        slices, rows, columns = (
            np.arange(size, dtype=np.float32) - (size - 1) / 2 for size in self.shape
        )
        steps = self.steps_mm.astype(np.float32)
        return np.stack(
            [
                np.float32(self.centre_mm[axis])
                + slices[:, None, None] * steps[0, axis]
                + rows[:, None] * steps[1, axis]
                + columns * steps[2, axis]
                for axis in range(3)
            ]
        )

    def wave(self, vector: np.ndarray, phase: float) -> np.ndarray:
        """`cos(vector . point + phase)` at every voxel, float32 `[D, H, W]`.

        The exponential of a sum is a product, so three 1-D exponentials do.

        Args:
            vector: wave vector in radians per millimetre, `[3]`, LPS.
        """
        angles = self.steps_mm @ vector
        start = float(vector @ np.array(self.position_mm(0))) + phase
        slices, rows, columns = (
            np.exp(1j * angle * np.arange(size)).astype(np.complex64)
            for angle, size in zip(angles, self.shape)
        )
        plane = (rows[:, None] * columns).astype(np.complex64)
        line = slices * np.complex64(np.exp(1j * start))
        return line.real[:, None, None] * plane.real - (
            line.imag[:, None, None] * plane.imag
        )


def tilted(
    directions: tuple[tuple[float, float, float], tuple[float, float, float]],
    tilt_degrees: tuple[float, float, float],
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Turns a row and a column direction about the x, then y, then z axis."""
    turned = np.array(directions, dtype=float)
    for axis, degrees in enumerate(tilt_degrees):
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        first, second = [other for other in range(3) if other != axis]
        rotation = np.eye(3)
        rotation[first, first] = rotation[second, second] = cosine
        rotation[first, second], rotation[second, first] = -sine, sine
        turned = turned @ rotation.T
    return tuple(turned[0].tolist()), tuple(turned[1].tolist())
