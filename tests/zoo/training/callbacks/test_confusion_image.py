import numpy as np

from pipelines.tasks.target import Target
from zoo.targets.target_output import TargetOutput
from zoo.training.callbacks import confusion_image
from zoo.training.loop.inference import ModelOutputs

CLASSES = TargetOutput(target=Target(classes=("well", "ill", "worse")), offset=1)


def model_outputs(truth, predicted):
    probabilities = np.eye(3)[predicted]
    other = np.zeros(len(truth))
    return ModelOutputs(
        sample_id=tuple(map(str, range(len(truth)))),
        patient_id=tuple(map(str, range(len(truth)))),
        target=np.stack([other, np.array(truth, float)], axis=1),
        outputs={"probabilities": probabilities},
    )


def test_rows_are_the_truth_and_columns_what_was_said():
    found = confusion_image.counted(model_outputs([0, 0, 1, 2], [0, 2, 1, 1]), CLASSES)
    assert found.tolist() == [[1, 0, 1], [0, 1, 0], [0, 1, 0]]


def test_a_picture_in_colour():
    picture = confusion_image.drawn(model_outputs([0, 1], [0, 1]), CLASSES)
    assert picture.dtype == np.uint8
    assert picture.shape[2] == 3
    blue = picture[..., 2].astype(int) - picture[..., 0]
    assert blue.max() > 50, "a full cell is dark blue"


def test_numbers_have_none():
    numbers = TargetOutput(
        target=Target(kind="regression", columns=("age",)),
    )
    assert confusion_image.drawn(model_outputs([0], [0]), numbers) is None
