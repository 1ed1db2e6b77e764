import numpy as np
import tensorflow as tf

from zoo.training.callbacks.tensorboard_images import TensorBoardImages

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4)
COLOUR = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)


def written(folder):
    """Tag -> {step: pixels}, in the order of the files."""
    found = {}
    for path in sorted(folder.glob("events*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                pixels = tf.io.decode_png(value.image.encoded_image_string).numpy()
                found.setdefault(value.tag, {})[event.step] = pixels
    return found


def one_epoch(directory, epoch, sources):
    began = []
    pictures = TensorBoardImages(directory, sources, lambda: began.append(epoch))
    pictures.on_epoch_begin(epoch)
    pictures.on_epoch_end(epoch)
    pictures.on_train_end()
    assert began == [epoch]


def test_pictures_come_back_also_those_of_the_process_before(tmp_path):
    one_epoch(tmp_path, 0, {"input": lambda: GREY, "confusion": lambda: COLOUR})
    one_epoch(tmp_path, 1, {"input": lambda: GREY[::-1], "confusion": lambda: None})
    found = written(tmp_path / "pictures")
    np.testing.assert_array_equal(found["input"][1][:, :, 0], GREY)
    np.testing.assert_array_equal(found["input"][2][:, :, 0], GREY[::-1])
    np.testing.assert_array_equal(found["confusion"][1], COLOUR)
    assert set(found["confusion"]) == {1}


def test_an_epoch_trained_again_takes_the_place_of_its_first_pictures(tmp_path):
    for picture in (GREY, GREY[::-1]):
        one_epoch(tmp_path, 4, {"input": lambda picture=picture: picture})
    found = written(tmp_path / "pictures")
    np.testing.assert_array_equal(found["input"][5][:, :, 0], GREY[::-1])
