import matplotlib.image
import numpy as np
import pytest

from pipelines.drafting import picture_sheet
from pipelines.drafting.picture_sheet import Picture, draw, window
from pipelines.errors import DataError


def _picture(caption="T2 axial", shape=(8, 10), aspect=1.0):
    pixels = np.arange(np.prod(shape), dtype=float).reshape(shape)
    return Picture(caption=caption, pixels=pixels, aspect=aspect)


def _shown(figure):
    return [axis for axis in figure.axes if axis.images]


def test_a_file_is_written_into_a_new_folder(tmp_path):
    path = tmp_path / "pictures" / "sheet.png"
    picture_sheet.write(path, [_picture()] * 3)
    drawn = matplotlib.image.imread(path)
    assert drawn.shape[1] > drawn.shape[0] > 200 and drawn[..., :3].std() > 0.1


def test_a_picture_of_each_with_its_caption_and_proportions():
    figure = draw([_picture(f"kind {n}", aspect=n + 1.0) for n in range(6)])
    figure.draw_without_rendering()
    shown = _shown(figure)
    assert [axis.get_title() for axis in shown] == [f"kind {n}" for n in range(6)]
    assert shown[2].get_aspect() == 3.0
    assert len({round(axis.get_position().y0, 3) for axis in shown}) == 2  # rows
    assert shown[0].images[0].get_array()[0, 1] == 1  # neither turned nor mirrored


def test_the_window_leaves_out_the_background():
    pixels = np.zeros((20, 20))
    pixels[5:15, 5:15] = np.arange(100).reshape(10, 10) + 100
    low, high = window(pixels)
    assert low == pytest.approx(np.percentile(np.arange(100, 200), 1.0))
    assert high == pytest.approx(np.percentile(np.arange(100, 200), 99.5))


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan])
def test_a_picture_of_one_value(value):
    figure = draw([Picture(caption="flat", pixels=np.full((4, 4), value))])
    assert _shown(figure)[0].images[0].get_clim() == (0.0, 1.0)


def test_values_that_are_not_there_do_not_count():
    pixels = np.array([[0.0, 1.0, 2.0], [np.nan, np.inf, 3.0]])
    low, high = window(pixels)
    assert 1.0 <= low < high <= 3.0


def test_a_long_caption_is_whole_below():
    long = "t2_tse_tra " * 20
    figure = draw([_picture(long), _picture("short\nTE 90")])
    assert _shown(figure)[0].get_title().endswith("… [1]")
    assert _shown(figure)[1].get_title() == "short\nTE 90"
    assert figure.get_supxlabel().replace("\n", " ").startswith("[1] t2_tse_tra t2_")
    assert figure.get_supxlabel().count("t2_tse_tra") == 20


def test_nothing_to_show():
    with pytest.raises(ValueError, match="a sheet wants pictures"):
        draw([])


@pytest.mark.parametrize("shape", [(4,), (2, 3, 4), (0, 4)])
def test_what_is_no_picture(shape):
    with pytest.raises(ValueError, match="a picture has rows and columns"):
        Picture(caption="x", pixels=np.zeros(shape))


@pytest.mark.parametrize("aspect", [0.0, -1.0, np.nan, np.inf])
def test_proportions_that_make_no_sense(aspect):
    with pytest.raises(ValueError, match="aspect is positive"):
        Picture(caption="x", pixels=np.zeros((2, 2)), aspect=aspect)


def test_a_disk_that_can_not_be_written(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="could not be written"):
        picture_sheet.write(tmp_path / "file" / "sheet.png", [_picture()])
