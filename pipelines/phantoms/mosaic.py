"""Tiles the slices of a stack into one picture, as Siemens does (a mosaic)."""

import math

import numpy as np

from pipelines.phantoms.stack import Stack


def tiled(slices: np.ndarray) -> np.ndarray:
    """The slices `[D, H, W]` row by row in a square of as few as hold them."""
    depth, rows, columns = slices.shape
    across = math.ceil(math.sqrt(depth))
    square = np.zeros((across * across, rows, columns), slices.dtype)
    square[:depth] = slices
    grid = square.reshape(across, across, rows, columns)
    return grid.transpose(0, 2, 1, 3).reshape(across * rows, across * columns)


def position_mm(stack: Stack) -> tuple[float, float, float]:
    """What the header says: where the whole picture would begin around slice 0."""
    across = math.ceil(math.sqrt(stack.shape[0]))
    _, rows, columns = stack.shape
    extra = np.array([0, rows, columns]) * (across - 1) / 2
    moved = np.array(stack.position_mm(0)) - extra @ stack.steps_mm
    return tuple(moved.tolist())
