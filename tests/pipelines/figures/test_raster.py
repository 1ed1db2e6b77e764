import matplotlib.figure
import numpy as np

from pipelines.figures import raster


def drawn(text=""):
    figure = matplotlib.figure.Figure(figsize=(2, 1), facecolor="black")
    figure.add_axes((0.5, 0, 0.5, 1), facecolor="red").set_xticks([])
    figure.text(0.05, 0.5, text, color="white")
    return raster.pixels(figure, dpi=50)


def test_rows_columns_and_colours():
    pixels = drawn()
    assert pixels.shape == (50, 100, 3) and pixels.dtype == np.uint8
    assert pixels[25, 10].tolist() == [0, 0, 0]
    assert pixels[25, 80].tolist() == [255, 0, 0]


def test_a_dollar_is_a_dollar():
    assert (drawn("$x").max(axis=(0, 2))[:50] > 128).any()
    assert not np.array_equal(drawn("$x$"), drawn("x"))
