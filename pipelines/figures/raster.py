"""A figure as an array of pixels, for files that are no pictures of their own."""

import matplotlib.figure
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from pipelines.figures import fonts


def pixels(figure: matplotlib.figure.Figure, *, dpi: int) -> np.ndarray:
    """Draws a figure, with fonts for all of its letters.

    Returns:
        uint8 `[rows, columns, 3]`: red, green, blue.
    """
    with fonts.quiet():
        fonts.fit(figure)
        figure.set_dpi(dpi)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()
